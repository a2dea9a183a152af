package contract

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // GitHub still sends the old signature too
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// hookHeaders are those of every delivery to an App, with what they look like.
var hookHeaders = map[string]*regexp.Regexp{
	"Accept":                                 regexp.MustCompile(`^\*/\*$`),
	"Content-Type":                           regexp.MustCompile(`^application/json$`),
	"User-Agent":                             regexp.MustCompile(`^GitHub-Hookshot/[0-9a-f]{7}$`),
	"X-GitHub-Delivery":                      regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	"X-GitHub-Event":                         regexp.MustCompile(`^[a-z_]+$`),
	"X-GitHub-Hook-ID":                       regexp.MustCompile(`^[0-9]+$`),
	"X-GitHub-Hook-Installation-Target-ID":   regexp.MustCompile(`^[0-9]+$`),
	"X-GitHub-Hook-Installation-Target-Type": regexp.MustCompile(`^integration$`),
}

// digests are the two ways in which every delivery is signed.
var digests = map[string]struct {
	header string
	sum    func() hash.Hash
}{
	"sha1":   {"X-Hub-Signature", sha1.New},
	"sha256": {"X-Hub-Signature-256", sha256.New},
}

// CheckWebhook holds a delivery against the description: its headers, its
// signature under the secret (an empty one signs nothing), and its payload
// against the schema of event and action. It returns "issues.labeled" and all
// that is wrong.
func (d *Description) CheckWebhook(head http.Header, payload []byte, secret string) (event string, faults []string) {
	for name, want := range hookHeaders {
		if got := head.Get(name); !want.MatchString(got) {
			faults = append(faults, fmt.Sprintf("header %s is %q", name, got))
		}
	}
	for name, by := range digests {
		if got, want := head.Get(by.header), signature(name, by.sum, payload, secret); got != want {
			faults = append(faults, fmt.Sprintf("header %s is %q, not %q", by.header, got, want))
		}
	}
	var p struct{ Action string }
	if err := json.Unmarshal(payload, &p); err != nil {
		return head.Get("X-GitHub-Event"), append(faults, "not a JSON object: "+err.Error())
	}
	event = head.Get("X-GitHub-Event")
	if p.Action != "" {
		event += "." + p.Action
	}
	return event, append(faults, d.payloadFaults(event, payload)...)
}

func signature(name string, sign func() hash.Hash, payload []byte, secret string) string {
	if secret == "" {
		return ""
	}
	mac := hmac.New(sign, []byte(secret))
	_, _ = mac.Write(payload)
	return name + "=" + hex.EncodeToString(mac.Sum(nil))
}

func (d *Description) payloadFaults(event string, payload []byte) []string {
	name := schemaOf(event)
	if !d.Describes(event) {
		return []string{"GitHub describes no " + name}
	}
	ref := json.RawMessage(`{"$ref":"#/components/schemas/` + name + `"}`)
	return d.hold(name, ref, payload, openapi3.VisitAsRequest())
}

// Describes tells whether GitHub describes an event, given as "issues.labeled".
func (d *Description) Describes(event string) bool {
	_, known := d.parts.Schemas[schemaOf(event)]
	return known
}

// schemaOf is the schema of an event, given as "issues.labeled".
func schemaOf(event string) string {
	return "webhook-" + strings.NewReplacer(".", "-", "_", "-").Replace(event)
}
