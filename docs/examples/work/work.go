// Works on the messages of a pull subscription: go run work.go <subscription>. Go 1.21 or newer, nothing to install.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

var (
	gateway = env("GATEWAY", "http://localhost:8080")
	apiKey  = os.Getenv("GATEWAY_API_KEY")
	client  = http.Client{Timeout: 30 * time.Second} // more than the 20 s of a receive
)

type message struct {
	ID      string `json:"id"`
	Attempt int    `json:"attempt"`
	Body    string `json:"body"`
	Receipt string `json:"receipt"`
}

type problem struct {
	status  int
	text    string
	seconds int
}

func (p problem) Error() string { return p.text }

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func post(path string, document, result any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	request, err := http.NewRequest("POST", gateway+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if apiKey != "" {
		request.Header.Set("Authorization", "Bearer "+apiKey)
	}
	answer, err := client.Do(request)
	if err != nil { // no answer: whatever was received comes again
		return problem{text: err.Error(), seconds: 1}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return problem{text: err.Error(), seconds: 1}
	}
	if answer.StatusCode >= 300 {
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return problem{answer.StatusCode, string(text), max(1, seconds)}
	}
	return json.Unmarshal(text, result)
}

// Your work. A message can come twice: its id is the same each time.
func work(m message) error {
	fmt.Println(m.ID, m.Attempt, m.Body)
	return nil
}

func round(messages string) error {
	var received struct{ Messages []message }
	if err := post(messages+":receive?max=10&wait=20s&visibility=1m", struct{}{}, &received); err != nil {
		return err
	}
	for _, m := range received.Messages {
		if err := work(m); err != nil { // not acknowledged, so the message comes again when its lease ends
			fmt.Fprintln(os.Stderr, m.ID, err)
			continue
		}
		var results any
		if err := post(messages+":ack", map[string][]string{"receipts": {m.Receipt}}, &results); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	stopping, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	messages := "/subscriptions/" + url.PathEscape(os.Args[1]) + "/messages"
	for stopping.Err() == nil {
		err := round(messages)
		if err == nil {
			continue
		}
		fmt.Fprintln(os.Stderr, err)
		p, known := err.(problem)
		if !known || p.status >= 300 && p.status < 500 && p.status != 429 {
			os.Exit(1)
		}
		time.Sleep(time.Duration(p.seconds) * time.Second)
	}
}
