package kube

import (
	"encoding/json"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// productionName finds the contexts that are production by their names: "prod",
// "eu-prod-2", "arn:aws:eks:eu-west-1:1234:cluster/production". almostProduction
// finds those that say that they aren't: "non-prod".
var (
	productionName   = regexp.MustCompile(`(?i)(^|[^a-z0-9])prod(uction)?($|[^a-z])`)
	almostProduction = regexp.MustCompile(`(?i)(^|[^a-z0-9])(non|not|pre)[^a-z0-9]prod`)
)

// IsProduction tells whether a context of a kubeconfig is marked as production.
// The mark is the extension "kubelua" of the context, or else of its cluster:
//
//	contexts:
//	- name: shop
//	  context:
//	    cluster: shop
//	    extensions:
//	    - name: kubelua
//	      extension: {production: true}
//
// Where neither says true or false, the name tells: it is production where "prod"
// or "production" is a word of it.
func IsProduction(config *clientcmdapi.Config, context string) bool {
	if config.Contexts[context] == nil {
		return false
	}
	if marked := contextMark(config, context); marked != nil {
		return *marked
	}
	return productionName.MatchString(context) && !almostProduction.MatchString(context)
}

// contextMark is what the extensions of a context or of its cluster say; nil for
// nothing.
func contextMark(config *clientcmdapi.Config, context string) *bool {
	c := config.Contexts[context]
	if c == nil {
		return nil
	}
	if marked := productionMark(c.Extensions); marked != nil {
		return marked
	}
	if cluster := config.Clusters[c.Cluster]; cluster != nil {
		return productionMark(cluster.Extensions)
	}
	return nil
}

// productionMark is what extensions say; nil for nothing.
func productionMark(extensions map[string]runtime.Object) *bool {
	text, ok := extensions["kubelua"].(*runtime.Unknown)
	if !ok {
		return nil
	}
	var mark struct{ Production *bool }
	if json.Unmarshal(text.Raw, &mark) != nil {
		return nil
	}
	return mark.Production
}

// productionContext names the production context that a connection is of: the
// one that it was made by, or else one of the same address, in its kubeconfig or
// in the host's; "" for none. That its context is marked as none counts for the
// address that stands there, and only in a kubeconfig that the host has chosen.
func (o *Options) productionContext(conn *connection, server *url.URL) string {
	config, context := &conn.loaded, conn.loaded.CurrentContext
	if IsProduction(config, context) {
		return context
	}
	chosen := o.URL == "" && (o.host == nil || o.Kubeconfig == o.host.Kubeconfig)
	if chosen && contextMark(config, context) != nil && leadsTo(config, context, server) {
		return ""
	}
	configs := []*clientcmdapi.Config{config}
	for at := o; at != nil && !chosen; at = at.host {
		if known, _, err := at.load(); err == nil { // one that can't be read marks nothing
			configs = append(configs, known)
		}
	}
	for _, known := range configs {
		for _, name := range slices.Sorted(maps.Keys(known.Contexts)) {
			if IsProduction(known, name) && leadsTo(known, name, server) {
				return name
			}
		}
	}
	return ""
}

// leadsTo tells whether a context has the address of a server, however the two
// are spelled.
func leadsTo(config *clientcmdapi.Config, context string, server *url.URL) bool {
	cluster := config.Clusters[config.Contexts[context].Cluster]
	if cluster == nil {
		return false
	}
	u, err := parseURL(cluster.Server)
	return err == nil && spelledAlike(u) == spelledAlike(server)
}

// spelledAlike is the same text for all ways to spell an address.
func spelledAlike(u *url.URL) string {
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if ip := net.ParseIP(host); ip != nil {
		host = ip.String()
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port) + u.Path
}
