// Publishes to the RocketMQ HTTP Gateway: go run publish.go [topic]. Go 1.24 or newer, standard library only.
package main

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const tries = 5

var (
	gateway = cmp.Or(os.Getenv("GATEWAY"), "http://localhost:8080")
	apiKey  = os.Getenv("GATEWAY_API_KEY")
	client  = http.Client{Timeout: 10 * time.Second} // more than the gateway waits for its broker
)

type problem struct {
	Code       string `json:"code"`
	Detail     string `json:"detail"`
	Retryable  bool   `json:"retryable"`
	retryAfter time.Duration
}

func (p *problem) Error() string { return p.Code + ": " + p.Detail }

// post sends every try with the same Idempotency-Key, by which receivers tell a repeat.
func post(path string, query url.Values, body string, header http.Header, answer any) error {
	for attempt := 0; ; attempt++ {
		failure := try(gateway+path+"?"+query.Encode(), body, header, answer)
		if failure == nil {
			return nil
		}
		if !failure.Retryable || attempt == tries-1 {
			return failure
		}
		wait := cmp.Or(failure.retryAfter, 500*time.Millisecond<<attempt)
		time.Sleep(wait + mathrand.N(wait))
	}
}

func try(url, body string, header http.Header, answer any) *problem {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return &problem{Code: "no-request", Detail: err.Error()}
	}
	request.Header = header.Clone()
	if apiKey != "" {
		request.Header.Set("Authorization", "Bearer "+apiKey)
	}
	response, err := client.Do(request)
	if err != nil {
		return &problem{Code: "no-answer", Detail: err.Error(), Retryable: true}
	}
	defer response.Body.Close()
	failure := &problem{Code: "no-problem", Detail: response.Status, Retryable: response.StatusCode > 501} // of a proxy
	if response.StatusCode < 300 {
		failure, err = nil, json.NewDecoder(response.Body).Decode(answer)
	} else if strings.HasPrefix(response.Header.Get("Content-Type"), "application/problem+json") {
		err = json.NewDecoder(response.Body).Decode(failure)
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		failure.retryAfter = time.Duration(seconds) * time.Second
	}
	if err != nil {
		return &problem{Code: "no-answer", Detail: err.Error(), Retryable: true}
	}
	return failure
}

func publish(messages string) error {
	query := url.Values{"tag": {"created"}, "key": {"order-42"}, "property.city": {"Zürich"}}
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {rand.Text()}}
	var sent struct{ MsgID string }
	if err := post(messages, query, `{"order":42}`, header, &sent); err != nil {
		return err
	}
	fmt.Println(sent.MsgID)

	// Query and headers hold for all lines, so what tells a repeated line stands in the line.
	var lines strings.Builder
	for order := 43; order <= 45; order++ {
		fmt.Fprintf(&lines, `{"id":%q,"order":%d}`+"\n", rand.Text(), order)
	}
	var batch struct {
		Accepted int
		Results  []struct {
			Index, Status int
			Detail        string
		}
	}
	header = http.Header{"Content-Type": {"application/x-ndjson"}}
	if err := post(messages+":batch", url.Values{"tag": {"created"}}, lines.String(), header, &batch); err != nil {
		return err
	}
	for _, result := range batch.Results {
		if result.Status >= 400 {
			return fmt.Errorf("line %d: %s", result.Index, result.Detail)
		}
	}
	fmt.Println(batch.Accepted, "lines")
	return nil
}

func main() {
	topic := "demo"
	if len(os.Args) > 1 {
		topic = os.Args[1]
	}
	if err := publish("/topics/" + url.PathEscape(topic) + "/messages"); err != nil {
		log.Fatal(err)
	}
}
