// Go's net/http through the proxy of its environment: go_client HTTP HTTPS
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"strings"
)

var failed bool

func check(name string, good bool, seen any) {
	if good {
		fmt.Println("ok    " + name)
		return
	}
	failed = true
	fmt.Printf("FAIL  %s: %v\n", name, seen)
}

func body(response *http.Response, err error) (string, http.Header, error) {
	if err != nil {
		return "", nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), response.Trailer, err
}

func try(base string) {
	name := "go " + strings.Split(base, ":")[0] + " "
	page, _, err := body(http.Get(base + "/page"))
	check(name+"GET", err == nil && strings.Contains(page, "quiet town"), err)

	head, err := http.Head(base + "/page")
	check(name+"HEAD", err == nil && head.ContentLength == 1234, err)

	data := bytes.Repeat([]byte("The river carries small boats.\n"), 32768)
	sum := sha256.Sum256(data)
	want := hex.EncodeToString(sum[:])
	answer, _, err := body(http.Post(base+"/upload", "text/plain", bytes.NewReader(data)))
	check(name+"POST", err == nil && strings.Contains(answer, want), err)
	// A reader of unknown length is sent in chunks.
	chunks := io.MultiReader(bytes.NewReader(data))
	answer, _, err = body(http.Post(base+"/upload", "text/plain", chunks))
	check(name+"chunked", err == nil && strings.Contains(answer, want), err)

	_, trailer, err := body(http.Get(base + "/trailers"))
	check(name+"trailers", err == nil && trailer.Get("X-Sum") == "42", err)

	request, _ := http.NewRequest("POST", base+"/upload", bytes.NewReader(data))
	request.Header.Set("Expect", "100-continue")
	answer, _, err = body(http.DefaultClient.Do(request))
	check(name+"Expect", err == nil && strings.Contains(answer, want), err)

	hints := 0
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
		hints = code
		return nil
	}}
	request, _ = http.NewRequest("GET", base+"/early-hints", nil)
	request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
	page, _, err = body(http.DefaultClient.Do(request))
	check(name+"103", err == nil && hints == 103 && strings.Contains(page, "quiet town"), hints)
}

func main() {
	try(os.Args[1])
	try(os.Args[2])
	if failed {
		os.Exit(1)
	}
}
