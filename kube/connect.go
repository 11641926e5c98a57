package kube

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // logins that kubeconfigs name as auth-provider oidc
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// DefaultURL is where `kubectl proxy` serves, tried when nothing else is
// configured.
const DefaultURL = "http://localhost:8001/"

// noConfiguration is the source of the address that is tried last.
const noConfiguration = "no kubeconfig and not in a pod, so kubectl proxy's address"

const (
	defaultUserAgent      = "kubelua"
	defaultConnectTimeout = 10 * time.Second
	// answerTimeout is above the minute that an API server gives itself to
	// answer (--request-timeout of kube-apiserver).
	answerTimeout = 75 * time.Second
)

// connection is a resolved configuration.
type connection struct {
	config    *rest.Config
	namespace string              // the context's, "" where it has none
	source    string              // where it comes from, for messages
	loaded    clientcmdapi.Config // with the context in use as the current one
}

// resolve finds the server in the order that users know from kubectl: an
// explicit URL, flags and kubeconfig, the service account of the pod that we
// run in, a local `kubectl proxy`. It sends nothing.
func (o *Options) resolve() (*connection, error) {
	if o.URL != "" {
		return o.explicit()
	}
	loaded, rules, err := o.load()
	if err != nil {
		return nil, err
	}
	if name := o.Overrides.CurrentContext; name != "" && loaded.Contexts[name] == nil {
		return nil, Errorf(ValueError, "the kubeconfig has no context %q%s", name, Suggest(name, keys(loaded.Contexts)))
	}
	overrides := o.Overrides
	if clientcmdapi.IsConfigEmpty(loaded) && overrides.ClusterInfo.Server == "" {
		if config, err := rest.InClusterConfig(); err == nil {
			applyImpersonation(config, overrides.AuthInfo)
			return &connection{config: config, namespace: inClusterNamespace(), source: "the pod's service account"}, nil
		} else if !errors.Is(err, rest.ErrNotInCluster) {
			return nil, Errorf(ValueError, "the pod's service account can't be used: %w", err)
		}
		overrides.ClusterInfo.Server = DefaultURL
		return fromKubeconfig(*loaded, &overrides, rules, noConfiguration)
	}
	return fromKubeconfig(*loaded, &overrides, rules, source(rules, loaded, overrides))
}

// explicit is the connection of Options.URL.
func (o *Options) explicit() (*connection, error) {
	overrides := o.Overrides
	overrides.ClusterInfo.Server = o.URL
	overrides.CurrentContext = ""
	return fromKubeconfig(*clientcmdapi.NewConfig(), &overrides, nil, "the given url")
}

func fromKubeconfig(loaded clientcmdapi.Config, overrides *clientcmd.ConfigOverrides, rules *clientcmd.ClientConfigLoadingRules, source string) (*connection, error) {
	if server := overrides.ClusterInfo.Server; server != "" {
		u, err := parseURL(server)
		if err != nil {
			return nil, err
		}
		overrides.ClusterInfo.Server = u.String()
	}
	var access clientcmd.ConfigAccess
	if rules != nil {
		access = rules
	}
	cc := clientcmd.NewNonInteractiveClientConfig(loaded, overrides.CurrentContext, overrides, access)
	config, err := cc.ClientConfig()
	if err != nil {
		return nil, Errorf(ValueError, "%s can't be used: %s", source, oneLine(err))
	}
	// clientcmd leaves the login out over plain http. One that was asked for is
	// sent, or refused by dial.
	if token := overrides.AuthInfo.Token; token != "" {
		config.BearerToken = token
	}
	namespace, explicit, err := cc.Namespace()
	if err != nil || !explicit && contextNamespace(&loaded, overrides.CurrentContext) == "" {
		namespace = ""
	}
	if context := overrides.CurrentContext; context != "" {
		loaded.CurrentContext = context
	}
	return &connection{config: config, namespace: namespace, source: source, loaded: loaded}, nil
}

// contextNamespace is the namespace that the context itself names: clientcmd's
// own answer is "default" where it names none.
func contextNamespace(loaded *clientcmdapi.Config, name string) string {
	if name == "" {
		name = loaded.CurrentContext
	}
	if c := loaded.Contexts[name]; c != nil {
		return c.Namespace
	}
	return ""
}

// parseURL checks the address of a server and drops a trailing /api, which the
// Python library's addresses end in.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err == nil && u.Host == "" && !strings.Contains(text, "://") {
		// kubectl takes "host:port" for --server, and means http.
		u, err = url.Parse("http://" + text)
	}
	// A login in the address would end up in messages and logs.
	if err == nil && u.User != nil {
		return nil, Errorf(ValueError, "the URL of an API server can't hold a login (give a token or a kubeconfig)")
	}
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, Errorf(ValueError, "%q is not the URL of an API server (want http://host:port/ or https://host:port/)", text)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/api") + "/"
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	return u, nil
}

// badKubeconfig names the file that can't be read, and why.
func badKubeconfig(rules *clientcmd.ClientConfigLoadingRules, err error) error {
	if errors.Is(err, fs.ErrNotExist) || os.IsNotExist(err) {
		return Errorf(ValueError, "no kubeconfig at %s", rules.ExplicitPath)
	}
	return Errorf(ValueError, "the kubeconfig can't be read: %s", oneLine(err))
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// source says which context of which kubeconfig is in use.
func source(rules *clientcmd.ClientConfigLoadingRules, loaded *clientcmdapi.Config, overrides clientcmd.ConfigOverrides) string {
	name := overrides.CurrentContext
	if name == "" {
		name = loaded.CurrentContext
	}
	var files []string
	for _, f := range rules.GetLoadingPrecedence() {
		if _, err := os.Stat(f); err == nil {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return "the given server"
	}
	if name == "" {
		return "kubeconfig " + strings.Join(files, ":")
	}
	return fmt.Sprintf("context %q of kubeconfig %s", name, strings.Join(files, ":"))
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	return names
}

// applyImpersonation carries --as and its kin over to the pod's own account.
func applyImpersonation(config *rest.Config, info clientcmdapi.AuthInfo) {
	if info.Impersonate != "" || info.ImpersonateUID != "" {
		config.Impersonate = rest.ImpersonationConfig{
			UserName: info.Impersonate, UID: info.ImpersonateUID, Groups: info.ImpersonateGroups, Extra: info.ImpersonateUserExtra,
		}
	}
	if info.Token != "" {
		config.BearerToken, config.BearerTokenFile = info.Token, ""
	}
}

// inClusterNamespace is the namespace of the pod that we run in.
func inClusterNamespace() string {
	b, _ := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
	return strings.TrimSpace(string(b))
}

// dial makes the client of a resolved connection.
func (o *Options) dial(conn *connection) (*client, error) {
	base, err := parseURL(conn.config.Host)
	if err != nil {
		return nil, err
	}
	if secret := conn.config.BearerToken + conn.config.BearerTokenFile + conn.config.Password; secret != "" && base.Scheme == "http" && !loopback(base.Hostname()) {
		return nil, Errorf(ValueError, "%s: a token or password is not sent over plain http (use https)", base.Redacted())
	}
	if err := checkLogin(conn.config); err != nil {
		return nil, err
	}
	timeout := o.ConnectTimeout
	if timeout == 0 {
		timeout = defaultConnectTimeout
	}
	config := rest.CopyConfig(conn.config)
	if o.HTTP1 {
		config.NextProtos = []string{"http/1.1"}
	}
	// A dialer of its own keeps the cluster's connections apart from those of
	// others with the same configuration, so that closing means something.
	life := newLife()
	config.Dial = life.dial((&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext)
	if config.Proxy == nil {
		// The default, but given: client-go's cache of transports, which would never
		// forget one with such a dialer, takes none with a proxy function.
		config.Proxy = http.ProxyFromEnvironment
	}
	rt, err := rest.TransportFor(config)
	if err != nil {
		return nil, Errorf(ValueError, "%s can't be used: %s", conn.source, oneLine(err))
	}
	patience := answerTimeout
	if conn.config.Timeout > 0 {
		patience = conn.config.Timeout
	}
	agent := o.UserAgent
	if agent == "" {
		agent = defaultUserAgent
	}
	// Audit and guard see what the run wants, also where a plan carries out less.
	links := slices.Clone(o.Links)
	at := guarded{base: base.Path, server: base.String(), plan: o.Plan}
	if o.Audit != nil {
		links = append(links, o.Audit.link(at))
	}
	if o.Guard != nil {
		at.context = o.productionContext(conn, base)
		links = append(links, o.Guard.link(at))
	}
	if o.Plan != nil {
		links = append(links, o.Plan.link(PlanServer{URL: base.Redacted(), Context: o.Overrides.CurrentContext}, base))
	}
	links = append(links, userAgent(agent), obeyRetryAfter, relogin, answerWithin(patience))
	life.idle = func() { utilnet.CloseIdleConnectionsFor(rt) }
	silence := o.WatchSilence
	if silence == 0 {
		silence = defaultSilence
	}
	login := "the token or certificate of " + conn.source + " is missing, wrong or expired"
	if o.Overrides.AuthInfo.Token != "" {
		login = "the token that was given is wrong or expired"
	}
	return &client{
		base:    base,
		source:  conn.source,
		login:   login,
		silence: silence,
		http:    &http.Client{Transport: chain(rt, links...), CheckRedirect: noRedirect},
		streams: sync.OnceValues(func() (*http.Client, error) { return streamClient(config, links) }),
		life:    life,
		plan:    o.Plan,
	}, nil
}

// streamClient makes the client for requests that become streams: the same as
// for all others, but HTTP/2 can't give a connection away.
func streamClient(config *rest.Config, links []Link) (*http.Client, error) {
	config = rest.CopyConfig(config)
	config.NextProtos = []string{"http/1.1"}
	rt, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: chain(rt, links...), CheckRedirect: noRedirect}, nil
}

// noRedirect refuses redirects: an API server sends none, and following one
// would carry the login elsewhere.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
