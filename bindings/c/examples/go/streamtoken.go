package main

/*
#cgo pkg-config: streamtoken
#include <stdlib.h>
#include <streamtoken.h>
*/
import "C"

import (
	"encoding/json"
	"time"
	"unsafe"
)

// Error is a refusal: a stable code, the member it is about, and a sentence for people.
type Error struct {
	Code    string
	Number  int
	Field   string
	Message string
}

func (e *Error) Error() string { return e.Message }

// refusal takes what a call of the library returned and frees the error that came with it.
func refusal(status C.int32_t, raw *C.streamtoken_error) error {
	if status == C.STREAMTOKEN_OK {
		return nil
	}
	defer C.streamtoken_error_free(raw)
	return &Error{
		Code:    C.GoString(C.streamtoken_error_slug(raw, nil)),
		Number:  int(status),
		Field:   C.GoString(C.streamtoken_error_field(raw, nil)),
		Message: C.GoString(C.streamtoken_error_message(raw, nil)),
	}
}

// text is a string on its way to the library, which only reads it.
type text struct {
	data   *C.char
	length C.size_t
}

func toC(s string) text { return text{C.CString(s), C.size_t(len(s))} }

func (t text) free() { C.free(unsafe.Pointer(t.data)) }

// Key is a private key. Free it.
type Key struct{ raw *C.streamtoken_signing_key }

// KeyFromEnv reads the key that the environment names.
func KeyFromEnv() (*Key, error) {
	var key Key
	var raw *C.streamtoken_error
	status := C.streamtoken_signing_key_from_env(&key.raw, &raw)
	return &key, refusal(status, raw)
}

// Free wipes the key from memory.
func (k *Key) Free() { C.streamtoken_signing_key_free(k.raw) }

// Sign mints a token that viewers in the given countries alone may use.
func (k *Key) Sign(identifier string, lifetime time.Duration, countries ...string) (string, error) {
	var raw *C.streamtoken_error
	var signer *C.streamtoken_signer
	status := C.streamtoken_signer_new(k.raw, &signer, &raw)
	if status != C.STREAMTOKEN_OK {
		return "", refusal(status, raw)
	}
	defer C.streamtoken_signer_free(signer)
	options, err := signOptions(lifetime, countries)
	defer C.streamtoken_sign_options_free(options)
	if err != nil {
		return "", err
	}
	id := toC(identifier)
	defer id.free()
	var token *C.streamtoken_token
	status = C.streamtoken_signer_sign(signer, id.data, id.length, options, &token, &raw)
	defer C.streamtoken_token_free(token)
	return C.GoString(C.streamtoken_token_text(token, nil)), refusal(status, raw)
}

func signOptions(lifetime time.Duration, countries []string) (*C.streamtoken_sign_options, error) {
	conditions, err := json.Marshal([]map[string][]string{{"country": countries}})
	if err != nil {
		return nil, err
	}
	list := toC(string(conditions))
	defer list.free()
	var raw *C.streamtoken_error
	var rules *C.streamtoken_access_rules
	status := C.streamtoken_access_rules_allow_only(list.data, list.length, &rules, &raw)
	defer C.streamtoken_access_rules_free(rules)
	var options *C.streamtoken_sign_options
	if status == C.STREAMTOKEN_OK {
		status = C.streamtoken_sign_options_new(&options, &raw)
	}
	if status == C.STREAMTOKEN_OK {
		seconds := C.double(lifetime / time.Second)
		status = C.streamtoken_sign_options_set_expires_in(options, seconds, &raw)
	}
	if status == C.STREAMTOKEN_OK {
		status = C.streamtoken_sign_options_set_access_rules(options, rules, &raw)
	}
	return options, refusal(status, raw)
}

// Verify checks a token with the public half of the key, for one video and a viewer from one country.
func (k *Key) Verify(token, identifier, country string) (sub string, exp time.Time, err error) {
	var raw *C.streamtoken_error
	var keys *C.streamtoken_key_set
	status := C.streamtoken_key_set_from_signing_key(k.raw, &keys, &raw)
	if status != C.STREAMTOKEN_OK {
		return "", time.Time{}, refusal(status, raw)
	}
	defer C.streamtoken_key_set_free(keys)
	context, err := verifyContext(identifier, country)
	defer C.streamtoken_verify_context_free(context)
	if err != nil {
		return "", time.Time{}, err
	}
	t := toC(token)
	defer t.free()
	var claims *C.streamtoken_claims
	status = C.streamtoken_key_set_verify(keys, t.data, t.length, context, &claims, &raw)
	defer C.streamtoken_claims_free(claims)
	sub = C.GoString(C.streamtoken_claims_sub(claims, nil))
	exp = time.Unix(int64(C.streamtoken_claims_exp(claims)), 0)
	return sub, exp, refusal(status, raw)
}

func verifyContext(identifier, country string) (*C.streamtoken_verify_context, error) {
	id, letters := toC(identifier), toC(country)
	defer id.free()
	defer letters.free()
	var raw *C.streamtoken_error
	var context *C.streamtoken_verify_context
	status := C.streamtoken_verify_context_new(&context, &raw)
	if status == C.STREAMTOKEN_OK {
		status = C.streamtoken_verify_context_set_identifier(context, id.data, id.length, &raw)
	}
	if status == C.STREAMTOKEN_OK {
		status = C.streamtoken_verify_context_set_country(context, letters.data, letters.length, &raw)
	}
	return context, refusal(status, raw)
}

// Row is one playback URL.
type Row struct{ Name, URL string }

// PlaybackURLs gives every URL under which the video of a token plays.
func PlaybackURLs(token, customerCode string) ([]Row, error) {
	t, c := toC(token), toC(customerCode)
	defer t.free()
	defer c.free()
	var raw *C.streamtoken_error
	var code *C.streamtoken_customer_code
	status := C.streamtoken_customer_code_parse(c.data, c.length, &code, &raw)
	defer C.streamtoken_customer_code_free(code)
	var urls *C.streamtoken_urls
	if status == C.STREAMTOKEN_OK {
		status = C.streamtoken_playback_urls(t.data, t.length, code, nil, &urls, &raw)
	}
	defer C.streamtoken_urls_free(urls)
	var rows []Row
	for i := C.size_t(0); i < C.streamtoken_urls_count(urls); i++ {
		name := C.GoString(C.streamtoken_urls_name(urls, i, nil))
		rows = append(rows, Row{name, C.GoString(C.streamtoken_urls_at(urls, i, nil))})
	}
	return rows, refusal(status, raw)
}
