// Cloudflare's own client for Go, unchanged but for its base URL, against our service.
package official

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloudflare/cloudflare-go/v7"
	"github.com/cloudflare/cloudflare-go/v7/option"
	"github.com/cloudflare/cloudflare-go/v7/stream"
)

const video = "ea95132c15732412d22c1476fa83f27a"

// What the service prints once it listens, and the steps of a test.
type service struct {
	BaseURL   string `json:"base_url"`
	AccountID string `json:"account_id"`
	APIToken  string `json:"api_token"`
	APIEmail  string `json:"api_email"`
	APIKey    string `json:"api_key"`
	JwksURL   string `json:"jwks_url"`
	DevURL    string `json:"dev_url"`
	Key       struct {
		ID  string `json:"id"`
		Pem string `json:"pem"`
	} `json:"signing_key"`
}

// start reads where the running service is, and brings it back to its start.
func start(t *testing.T) service {
	t.Helper()
	var running service
	if err := json.Unmarshal([]byte(os.Getenv("STREAMTOKEN_EMULATOR")), &running); err != nil {
		t.Fatalf("STREAMTOKEN_EMULATOR: %v", err)
	}
	running.steer(t, http.MethodPost, "reset", "")
	return running
}

func (s service) steer(t *testing.T, method, route, body string) {
	t.Helper()
	request, err := http.NewRequest(method, s.DevURL+"/"+route, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, route, answer.Status)
	}
}

func (s service) client(options ...option.RequestOption) *cloudflare.Client {
	here := []option.RequestOption{option.WithBaseURL(s.BaseURL), option.WithAPIToken(s.APIToken)}
	return cloudflare.NewClient(append(here, options...)...)
}

func (s service) mint(options ...option.RequestOption) (*stream.TokenNewResponse, error) {
	params := stream.TokenNewParams{AccountID: cloudflare.F(s.AccountID)}
	options = append(options, option.WithMaxRetries(0))
	return s.client().Stream.Token.New(context.Background(), video, params, options...)
}

// mints checks that there is a token, which the command line's `verify` takes with the service's keys.
func (s service) mints(t *testing.T, token *stream.TokenNewResponse, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(s.JwksURL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	keys, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err = os.WriteFile(file, keys, 0o600); err != nil {
		t.Fatal(err)
	}
	verify := exec.Command(os.Getenv("STREAMTOKEN"), "verify", "-", "--keys", file, "--identifier", video, "--country", "GB")
	verify.Stdin = strings.NewReader(token.Token)
	if said, err := verify.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
}

func refused(t *testing.T, err error, status int) *cloudflare.Error {
	t.Helper()
	var refusal *cloudflare.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("no refusal: %v", err)
	}
	if refusal.StatusCode != status {
		t.Fatalf("%d was expected: %v", status, refusal)
	}
	return refusal
}

func TestATokenWithoutOptions(t *testing.T) {
	running := start(t)
	token, err := running.mint()
	running.mints(t, token, err)
}

func TestATokenWithEveryOption(t *testing.T) {
	running := start(t)
	now := time.Now().Unix()
	params := stream.TokenNewParams{
		AccountID:    cloudflare.F(running.AccountID),
		ID:           cloudflare.F(running.Key.ID),
		Pem:          cloudflare.F(running.Key.Pem),
		Exp:          cloudflare.F(now + 600),
		Nbf:          cloudflare.F(now - 60),
		Downloadable: cloudflare.F(true),
		Flags:        cloudflare.F(stream.TokenNewParamsFlags{Original: cloudflare.F(true)}),
		AccessRules: cloudflare.F([]stream.TokenNewParamsAccessRule{
			{
				Type:    cloudflare.F(stream.TokenNewParamsAccessRulesTypeIPGeoipCountry),
				Action:  cloudflare.F(stream.TokenNewParamsAccessRulesActionBlock),
				Country: cloudflare.F([]string{"US"}),
			},
			{
				Type:   cloudflare.F(stream.TokenNewParamsAccessRulesTypeAny),
				Action: cloudflare.F(stream.TokenNewParamsAccessRulesActionAllow),
			},
		}),
	}
	token, err := running.client().Stream.Token.New(context.Background(), video, params)
	running.mints(t, token, err)
}

func TestKeysAreMadeListedAndDeleted(t *testing.T) {
	running := start(t)
	keys := running.client().Stream.Keys
	account := cloudflare.F(running.AccountID)
	ctx := context.Background()
	body := map[string]string{}
	made, err := keys.New(ctx, stream.KeyNewParams{AccountID: account, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	params := stream.TokenNewParams{AccountID: account, ID: cloudflare.F(made.ID), Pem: cloudflare.F(made.Pem)}
	token, err := running.client().Stream.Token.New(ctx, video, params)
	running.mints(t, token, err)
	listed := func() int {
		page, err := keys.Get(ctx, stream.KeyGetParams{AccountID: account})
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, key := range page.Result {
			if key.ID == made.ID {
				count++
			}
		}
		return count
	}
	if listed() != 1 {
		t.Fatal("the key is not listed")
	}
	if _, err = keys.Delete(ctx, made.ID, stream.KeyDeleteParams{AccountID: account}); err != nil {
		t.Fatal(err)
	}
	if listed() != 0 {
		t.Fatal("the key is still listed")
	}
	_, err = keys.Delete(ctx, made.ID, stream.KeyDeleteParams{AccountID: account})
	refused(t, err, http.StatusNotFound)
}

func TestACredentialIsVerified(t *testing.T) {
	running := start(t)
	verified, err := running.client().User.Tokens.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if verified.Status != "active" {
		t.Fatalf("status %q", verified.Status)
	}
}

func TestThePreviousScheme(t *testing.T) {
	running := start(t)
	token, err := running.mint(
		option.WithHeaderDel("authorization"),
		option.WithAPIEmail(running.APIEmail),
		option.WithAPIKey(running.APIKey),
	)
	running.mints(t, token, err)
}

func TestMistakesAreRefusedByStatus(t *testing.T) {
	running := start(t)
	_, err := running.mint(option.WithJSONSet("exp", time.Now().UnixMilli()))
	refusal := refused(t, err, http.StatusBadRequest)
	if refusal.Errors[0].Code != 10005 || !strings.Contains(refusal.Error(), `"pointer":"/exp"`) {
		t.Fatal(refusal)
	}
	_, err = running.mint(option.WithAPIToken("wrong"))
	refused(t, err, http.StatusUnauthorized)
	stranger := running
	stranger.AccountID = "00000000000000000000000000000000"
	_, err = stranger.mint()
	refused(t, err, http.StatusNotFound)
}

func TestFaultsAreMetAsTheyAreMeant(t *testing.T) {
	running := start(t)
	for status, fault := range map[int]string{
		http.StatusForbidden:           `[{"status": 403, "times": 1}]`,
		http.StatusConflict:            `[{"status": 409, "times": 1}]`,
		http.StatusUnprocessableEntity: `[{"status": 422, "times": 1}]`,
		http.StatusTooManyRequests:     `[{"status": 429, "retry_after": 1, "times": 1}]`,
		http.StatusInternalServerError: `[{"status": 500, "times": 1}]`,
		http.StatusServiceUnavailable:  `[{"status": 503, "times": 1}]`,
	} {
		running.steer(t, http.MethodPut, "faults", fault)
		_, err := running.mint()
		refusal := refused(t, err, status)
		after := refusal.Response.Header.Get("retry-after")
		if status == http.StatusTooManyRequests && after != "1" {
			t.Fatalf("retry-after: %q", after)
		}
	}
	running.steer(t, http.MethodPut, "faults", `[{"close": true, "times": 1}]`)
	if _, err := running.mint(); err == nil || errors.As(err, new(*cloudflare.Error)) {
		t.Fatalf("a connection that is closed is no answer: %v", err)
	}
	running.steer(t, http.MethodPut, "faults", `[{"latency_ms": 5000, "times": 1}]`)
	_, err := running.mint(option.WithRequestTimeout(100 * time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("no timeout: %v", err)
	}
}

func TestTheClientTriesAgain(t *testing.T) {
	running := start(t)
	running.steer(t, http.MethodPut, "faults", `[{"status": 429, "retry_after": 1, "times": 1}, {"status": 503, "times": 1}]`)
	params := stream.TokenNewParams{AccountID: cloudflare.F(running.AccountID)}
	token, err := running.client().Stream.Token.New(context.Background(), video, params)
	running.mints(t, token, err)
}

// limited gives a client of a service with a store that runs as long as the test, with a credential for one
// video of one account.
func limited(t *testing.T) *cloudflare.Client {
	t.Helper()
	folder := t.TempDir()
	program := func(arguments ...string) *exec.Cmd {
		command := exec.Command(os.Getenv("STREAMTOKEN"), arguments...)
		command.Env = append(
			os.Environ(),
			"STREAMTOKEN_STORE="+filepath.Join(folder, "tokens.db"),
			"STREAMTOKEN_MASTER_KEY_FILE="+filepath.Join(folder, "master.key"),
		)
		return command
	}
	admin := func(arguments ...string) string {
		said, err := program(append([]string{"admin"}, arguments...)...).Output()
		if err != nil {
			t.Fatalf("admin %v: %v", arguments, err)
		}
		return strings.TrimSpace(string(said))
	}
	for _, account := range []string{"mine", "theirs"} {
		admin("account", "create", account)
	}
	credential := admin("token", "create", "--name", "test", "--account", "mine", "--video", video)
	serve := program("serve", "--json", "--listen", "127.0.0.1:0")
	output, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := serve.Wait(); err != nil {
			t.Error(err)
		}
	})
	var started struct{ Listening string }
	if err = json.NewDecoder(output).Decode(&started); err != nil {
		t.Fatal(err)
	}
	return service{BaseURL: started.Listening + "/client/v4", APIToken: credential}.client()
}

func TestACredentialReachesWhatItWasMadeFor(t *testing.T) {
	client := limited(t)
	mint := func(account, identifier string) error {
		params := stream.TokenNewParams{AccountID: cloudflare.F(account)}
		token, err := client.Stream.Token.New(context.Background(), identifier, params)
		if err == nil && token.Token == "" {
			t.Fatal("no token")
		}
		return err
	}
	if err := mint("mine", video); err != nil {
		t.Fatal(err)
	}
	params := stream.KeyNewParams{AccountID: cloudflare.F("mine"), Body: map[string]string{}}
	_, err := client.Stream.Keys.New(context.Background(), params)
	for reason, err := range map[string]error{
		"keys.create":                 err,
		"does not reach this account": mint("theirs", video),
		"does not have this video":    mint("mine", "another"),
	} {
		refusal := refused(t, err, http.StatusForbidden)
		if refusal.Errors[0].Code != 10000 || !strings.Contains(refusal.Error(), reason) {
			t.Fatal(refusal)
		}
	}
}

func TestABrokenAnswerIsNoToken(t *testing.T) {
	running := start(t)
	broken := func(body string) (*stream.TokenNewResponse, error) {
		running.steer(t, http.MethodPut, "faults", `[{"body": "`+body+`", "times": 1}]`)
		return running.mint()
	}
	for body, is := range map[string]func(error) bool{
		"empty":     func(err error) bool { return errors.Is(err, io.EOF) },
		"truncated": func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) },
		"not_json":  func(err error) bool { return err != nil && strings.Contains(err.Error(), "text/html") },
	} {
		token, err := broken(body)
		if token != nil || !is(err) || errors.As(err, new(*cloudflare.Error)) {
			t.Errorf("%s: an answer is %t, %v", body, token != nil, err)
		}
	}
	// Under this status the client does not look for `success`: only the missing token tells.
	token, err := broken("success_false_200")
	if err != nil || token.Token != "" || !token.JSON.Token.IsMissing() {
		t.Errorf("success_false_200: an answer is %t, %v", token != nil, err)
	}
	token, err = broken("messages_null")
	running.mints(t, token, err)
}
