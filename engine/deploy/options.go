package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// Options say what is deployed, and where.
type Options struct {
	Name      string // of the objects, or what their names begin with
	Namespace string // of all that lives in one
	Image     string // with kubelua as its entrypoint
	Files     []File
	Roles     []kube.Role   // what the jobs may do; the names play no part
	Grants    engine.Grants // what the jobs may do to the machine, by names that hold in the pods
	Timezone  string        // of jobs that name none; "" for UTC

	// These are the scheduler's alone.
	Replicas int
	Shards   int
}

// object is an object of the cluster, or a part of one.
type object = map[string]any

// meta is the metadata of an object of the deployment.
func (o *Options) meta(name string) object {
	return object{"name": name, "namespace": o.Namespace, "labels": o.labels()}
}

// labels are those of all objects (Kubernetes documentation, "Recommended Labels").
func (o *Options) labels() object {
	return object{"app.kubernetes.io/name": "kubelua", "app.kubernetes.io/instance": o.Name, "app.kubernetes.io/managed-by": "kubelua"}
}

// selector is the part of the labels by which pods are found.
func (o *Options) selector() object {
	return object{"app.kubernetes.io/name": "kubelua", "app.kubernetes.io/instance": o.Name}
}

// account is the service account of the pods.
func (o *Options) account() object {
	return object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": o.meta(o.Name)}
}

// Objects are the objects of a deployment, in the order in which they are applied.
type Objects []kube.Value

// objectsOf makes objects of their data.
func objectsOf(list ...object) (Objects, error) {
	var all Objects
	for _, o := range list {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(o); err != nil {
			return nil, err
		}
		v, err := kube.NewValue(text.Bytes())
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// YAML is a manifest of the objects.
func (o Objects) YAML() string {
	var b strings.Builder
	for i, v := range o {
		if i > 0 {
			fmt.Fprintln(&b, "---")
		}
		b.WriteString(v.YAML())
	}
	return b.String()
}
