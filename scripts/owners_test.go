package scripts_test

import (
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestOwners(t *testing.T) {
	t.Parallel()
	ns := localtest.Namespace(t)
	create(t, ns, pods{kind: "Deployment", name: "web", number: 2})
	wait(t, ns, "condition=Available", "deployment/web")
	for _, name := range []string{"lone", "top"} {
		manifest(t, ns, "{apiVersion: v1, kind: ConfigMap, metadata: {name: "+name+"}}")
	}
	uid := func(object string) string {
		return localtest.Kubectl(t, "get", "--namespace="+ns, object, "--output=jsonpath={.metadata.uid}")
	}
	own := func(object, kind, name, uid string) {
		t.Helper()
		localtest.Kubectl(t, "patch", "--namespace="+ns, object, "--type=merge",
			"--patch=metadata: {ownerReferences: [{apiVersion: v1, kind: "+kind+", name: "+name+", uid: "+uid+"}]}")
	}
	names := func(objects string) []string {
		return strings.Fields(localtest.Kubectl(t, "get", "--namespace="+ns, objects, "--selector=app=web", "--output=jsonpath={.items[*].metadata.name}"))
	}
	of := func(words string) result {
		t.Helper()
		return kubelua(t, append([]string{"-n", ns, "scripts/owners.lua"}, strings.Fields(words)...)...)
	}

	const header = "NAMESPACE NAME READY REASON AGE\n"
	set, two := names("replicasets")[0], names("pods")
	tree := func(root string) result {
		row := ns + " "
		return result{stdout: header + root + row + "└─ReplicaSet/" + set + " 2/2 - AGE\n" +
			row + "├─Pod/" + two[0] + " 1/1 Running AGE\n" + row + "└─Pod/" + two[1] + " 1/1 Running AGE\n"}
	}
	whole := tree(ns + " Deployment/web 2/2 - AGE\n")
	of("deploy web").check(t, whole)
	of("pod "+two[1]).check(t, whole)
	of("Deployment web --kinds replicasets").check(t, result{stdout: strings.Join(strings.SplitAfter(whole.stdout, "\n")[:3], "")})
	of("cm lone").check(t, result{stdout: header + ns + " ConfigMap/lone - - AGE\n"})

	// Two that own each other have no end; the tree has one.
	own("configmap/lone", "ConfigMap", "top", uid("configmap/top"))
	of("cm lone").check(t, result{stdout: header + ns + " ConfigMap/top - - AGE\n" + ns + " └─ConfigMap/lone - - AGE\n"})
	own("configmap/top", "ConfigMap", "lone", uid("configmap/lone"))
	of("cm lone").check(t, result{stdout: header + ns + " ConfigMap/top - - AGE\n" + ns + " └─ConfigMap/lone - - AGE\n" + ns + " └─ConfigMap/top - - AGE\n"})

	// An owner that lives in no namespace owns objects of all.
	node := kubelua(t, "scripts/owners.lua", "node", "node-0", "--kinds", "leases.coordination.k8s.io")
	node.check(t, result{stdout: header + "- Node/node-0 True KubeletReady AGE\nkube-node-lease └─Lease/node-0 - - AGE\n"})
}
