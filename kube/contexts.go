package kube

import (
	"slices"
	"strings"
)

// Context is a context of a kubeconfig.
type Context struct {
	Name       string
	Cluster    string // its name in the kubeconfig
	Namespace  string // "" where the context names none
	Current    bool   // it is the one that the options mean
	Production bool   // see [IsProduction]
}

// Contexts lists the contexts that the options can choose from, by their names.
// It sends nothing. None is current where the options mean a server beside the
// kubeconfig.
func (o Options) Contexts() ([]Context, error) {
	loaded, _, err := o.load()
	if err != nil {
		return nil, err
	}
	current := o.Overrides.CurrentContext
	if current == "" {
		current = loaded.CurrentContext
	}
	beside := o.URL != "" || o.Overrides.ClusterInfo.Server != ""
	var contexts []Context
	for name, c := range loaded.Contexts {
		contexts = append(contexts, Context{
			Name:       name,
			Cluster:    c.Cluster,
			Namespace:  c.Namespace,
			Current:    name == current && !beside,
			Production: IsProduction(loaded, name),
		})
	}
	slices.SortFunc(contexts, func(a, b Context) int { return strings.Compare(a.Name, b.Name) })
	return contexts, nil
}
