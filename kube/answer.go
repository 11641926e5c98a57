package kube

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// maxErrorText bounds what is kept of the body of a refusal.
const maxErrorText = 64 << 10

// refused makes an Error of an answer that isn't 2xx.
func (c *client) refused(r request, req *http.Request, resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorText))
	e := &Error{
		Kind:       APIError,
		StatusCode: resp.StatusCode,
		Reason:     strings.ReplaceAll(http.StatusText(resp.StatusCode), " ", ""),
		Response:   &Response{resp.StatusCode, resp.Header, string(text)},
	}
	// Every refusal by Kubernetes itself is a Status object (API conventions,
	// "Response Status Kind"); a proxy before it may answer anything.
	said := strings.TrimSpace(string(text))
	if status, err := NewValue(text); err == nil && status.Get("kind").String() == "Status" {
		said = status.Get("message").String()
		if reason := status.Get("reason"); reason.Exists() {
			e.Reason = reason.String()
		}
	}
	if said == "" || len(said) > 2000 {
		said = resp.Status
	}
	switch resp.StatusCode {
	case http.StatusBadRequest:
		// Go's server says this to plain text on a port for TLS.
		if strings.HasPrefix(said, "Client sent an HTTP request to an HTTPS server") {
			e.Reason = ReasonUnreachable
			said = c.base.Redacted() + " speaks TLS (use https:// for it)"
		}
	case http.StatusNotFound:
		e.Kind = LookupError
		if e.Reason == "NotFound" && isAbout(e.Response, ParseRequest(req.Method, req.URL, c.base.Path)) {
			said = "not found"
		}
	case http.StatusUnauthorized:
		said = fmt.Sprintf("%s refuses the login (401 Unauthorized): the token or certificate of %s is missing, wrong or expired", c.base.Host, c.source)
	case http.StatusForbidden:
		said += "\n" + missingRule(ParseRequest(req.Method, req.URL, c.base.Path))
	}
	e.Message = r.what + ": " + said
	return e
}

// isAbout tells whether a Status is about the object that was asked for, which
// the message names already; it may be about its namespace.
func isAbout(r *Response, a Access) bool {
	name := trusted([]byte(r.Text)).At("details", "name").String()
	return name != "" && name == a.Name
}

// missingRule forms the RBAC rule that would have allowed an access.
func missingRule(a Access) string {
	if a.Resource == "" {
		return fmt.Sprintf("missing rule: nonResourceURLs: [%q], verbs: [%q] in a ClusterRole", a.Path, a.Verb)
	}
	resource := a.Resource
	if a.Subresource != "" {
		resource += "/" + a.Subresource
	}
	where := "a ClusterRole"
	if a.Namespace != "" {
		where = fmt.Sprintf("a Role in namespace %q", a.Namespace)
	}
	return fmt.Sprintf("missing rule: apiGroups: [%q], resources: [%q], verbs: [%q] in %s", a.Group, resource, a.Verb, where)
}

// unreachable makes an Error of a call that got no answer, or only a part.
func (c *client) unreachable(r request, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var plain *url.Error
	if errors.As(err, &plain) {
		err = plain.Err
	}
	why := explain(err)
	if c.source == noConfiguration {
		why += "; name a cluster by --kubeconfig or --server, run kubectl proxy, or use --local"
	}
	return &Error{
		Kind:    APIError,
		Reason:  ReasonUnreachable,
		Message: fmt.Sprintf("%s: %s (%s): %s", r.what, c.base.Redacted(), c.source, why),
		cause:   err,
	}
}

// explain says in one line why a connection failed, and the way out.
func explain(err error) string {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		dns       *net.DNSError
		netErr    net.Error
	)
	switch {
	case errors.As(err, &authority):
		return "TLS: the server's certificate is signed by an authority that isn't trusted (set certificate-authority in the kubeconfig, or --certificate-authority)"
	case errors.As(err, &hostname):
		return "TLS: " + hostname.Error() + " (--tls-server-name names what to expect)"
	case errors.As(err, &invalid):
		return "TLS: " + invalid.Error()
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "TLS: the server doesn't speak TLS on this port (use http:// for it)"
	case errors.As(err, &dns):
		return "no such host: " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, fs.ErrNotExist):
		return err.Error()
	case errors.Is(err, errNoAnswer):
		return err.Error()
	case errors.As(err, &netErr) && netErr.Timeout():
		return "no connection in time: " + err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection broke before the answer was complete"
	}
	return err.Error()
}
