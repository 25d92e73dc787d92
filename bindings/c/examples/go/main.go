// Mints, verifies and prints URLs in Go, over the C library.
//
//	examples mint IDENTIFIER
//	examples verify TOKEN IDENTIFIER COUNTRY
//	examples urls TOKEN CUSTOMER_CODE
//
// with the key in CLOUDFLARE_STREAM_KEY or CLOUDFLARE_STREAM_KEY_FILE, and its id in
// CLOUDFLARE_STREAM_KEY_ID.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"
)

func main() {
	arguments := os.Args[1:]
	run, usage := example(arguments)
	if run == nil {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := run(arguments[1:]); err != nil {
		var refused *Error
		if errors.As(err, &refused) {
			fmt.Fprintf(os.Stderr, "error[%s]: %s\n", refused.Code, refused.Message)
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
}

// example gives what the first argument names when the others fit, and how it is called.
func example(arguments []string) (func([]string) error, string) {
	examples := map[string]struct {
		run   func([]string) error
		count int
		usage string
	}{
		"mint":   {mint, 1, "usage: mint IDENTIFIER"},
		"verify": {verify, 3, "usage: verify TOKEN IDENTIFIER COUNTRY"},
		"urls":   {urls, 2, "usage: urls TOKEN CUSTOMER_CODE"},
	}
	if len(arguments) == 0 {
		return nil, "usage: examples mint|verify|urls ..."
	}
	chosen, known := examples[arguments[0]]
	switch {
	case !known:
		return nil, "usage: examples mint|verify|urls ..."
	case len(arguments)-1 != chosen.count:
		return nil, chosen.usage
	}
	return chosen.run, ""
}

// mint prints a token for two hours that only viewers in Great Britain and Ireland may use.
func mint(arguments []string) error {
	key, err := KeyFromEnv()
	if err != nil {
		return err
	}
	defer key.Free()
	token, err := key.Sign(arguments[0], 2*time.Hour, "GB", "IE")
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}

// verify checks that a token lets a viewer from one country play one video.
func verify(arguments []string) error {
	key, err := KeyFromEnv()
	if err != nil {
		return err
	}
	defer key.Free()
	sub, exp, err := key.Verify(arguments[0], arguments[1], arguments[2])
	if err != nil {
		return err
	}
	fmt.Println(sub, exp.Unix())
	return nil
}

// urls prints every playback URL of a token, one `name url` a line.
func urls(arguments []string) error {
	rows, err := PlaybackURLs(arguments[0], arguments[1])
	if err != nil {
		return err
	}
	for _, row := range rows {
		fmt.Println(row.Name, row.URL)
	}
	return nil
}
