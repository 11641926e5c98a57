package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// summaryText is a summary with its cells between bars.
func summaryText(s *Summary) string {
	lines := []string{s.Title}
	for _, f := range s.Facts {
		lines = append(lines, f.Name+": "+f.Text)
	}
	for _, section := range s.Sections {
		lines = append(lines, "["+section.Name+"] "+strings.Join(section.Columns, "|"))
		for _, cells := range section.Rows {
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return strings.Join(lines, "\n")
}

// told connects to a server that has nothing but Events.
func told(t *testing.T, events ...string) *Cluster {
	return answered(t, func(r *http.Request) *http.Response {
		assert.Contains(t, r.URL.Path, "/events")
		return answer{body: `{"kind":"EventList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[` + strings.Join(events, ",") + `]}`, ends: true}.response(r)
	})
}

func TestSummary(t *testing.T) {
	t.Parallel()
	// Days, since a loaded machine may take minutes.
	days := func(n int) string { return time.Now().AddDate(0, 0, -n).Format(time.RFC3339) }
	event := func(n int) string {
		return fmt.Sprintf(`{"metadata":{"name":"e%d","namespace":"n"},"type":"Normal","reason":"R%d","message":"m","involvedObject":{"name":"x"},"source":{"component":"c"},"firstTimestamp":%q,"lastTimestamp":%[3]q}`, n, n, days(20-n))
	}
	meta := `"metadata":{"name":"x","namespace":"n","creationTimestamp":"` + days(10) + `"`
	tests := []struct {
		name   string
		object string
		events []string
		want   string
	}{
		{"a pod", `{"apiVersion":"v1","kind":"Pod",` + meta + `,"labels":{"b":"1","a":"2"},"ownerReferences":[{"kind":"ReplicaSet","name":"rs"}]},
			"spec":{"nodeName":"n1","initContainers":[{"name":"setup","image":"s:1"}],"containers":[{"name":"web","image":"w:1"},{"name":"side","image":"s:2"},{"name":"new","image":"n:1"}]},
			"status":{"phase":"Pending","podIP":"1.2.3.4","conditions":[{"type":"Ready","status":"False","lastTransitionTime":"` + days(9) + `","reason":"NotReady","message":"no"}],
			"initContainerStatuses":[{"name":"setup","ready":true,"state":{"terminated":{"reason":"Completed","exitCode":0}}}],
			"containerStatuses":[{"name":"side","ready":true,"restartCount":2,"state":{"running":{}}},{"name":"web","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off"}}}]}}`,
			[]string{event(1)},
			`Pod n/x
age: 10d
labels: b=1, a=2
owners: ReplicaSet rs
ready: no: container web: ImagePullBackOff: Back-off
ip: 1.2.3.4
phase: Pending
node: n1
[Containers] Name|Ready|Restarts|Image|State
setup (init)|yes|0|s:1|terminated: Completed, exit code 0
web|no|0|w:1|waiting: ImagePullBackOff: Back-off
side|yes|2|s:2|running
new|no|0|n:1|not reported
[Conditions] Type|Status|Age|Reason|Message
Ready|False|9d|NotReady|no
[Events] Type|Reason|Age|From|Message
Normal|R1|19d|c|m`},
		{"a deployment", `{"apiVersion":"apps/v1","kind":"Deployment",` + meta + `,"generation":2},"spec":{"replicas":3},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":3,"readyReplicas":3,"availableReplicas":3}}`, nil,
			"Deployment.apps n/x\nage: 10d\nready: yes\nstatus: replicas=3, available_replicas=3, observed_replicas=3, ready_replicas=3, updated_replicas=3"},
		{"a node", `{"apiVersion":"v1","kind":"Node","metadata":{"name":"x"},"spec":{"unschedulable":true},"status":{"nodeInfo":{"kubeletVersion":"v1"},"addresses":[{"type":"Hostname","address":"h"}],"capacity":{"cpu":"32","memory":"256Gi"},"conditions":[{"type":"Ready","status":"True"}]}}`, nil,
			"Node x\nready: yes\naddresses: Hostname h\ncapacity: cpu=32, memory=256Gi\nunschedulable: true\nversion: v1\n[Conditions] Type|Status|Age|Reason|Message\nReady|True|<unknown>||"},
		{"a secret", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":"n","annotations":{"a":"hunter2"}},"type":"Opaque","data":{"password":"aHVudGVyMg==","none":""},"stringData":{"p":"hunter2"}}`, nil,
			"Secret n/x\ndata: password (7 bytes), none (0 bytes)\ntype: Opaque"},
		{"a secret that isn't base64", `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":"n"},"data":{"password":"hunter2!"}}`, nil, "Secret n/x"},
		{"a service", `{"apiVersion":"v1","kind":"Service","metadata":{"name":"x","namespace":"n"},"spec":{"type":"ClusterIP","ports":[{"port":80,"name":"http"}],"none":[]},"status":{"loadBalancer":{}}}`, nil,
			"Service n/x\n[spec] \ntype: ClusterIP\nports:\n- port: 80\n  name: http\nnone: []"},
		{"what is gone", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","deletionTimestamp":"` + days(9) + `","finalizers":["f/g"]},"status":{"phase":"Terminating"}}`, nil,
			"Namespace x\ndeleting: it is being deleted (it has the finalizers f/g, which somebody has yet to remove)\nready: no: its phase is Terminating\nphase: Terminating"},
		{"never on a server", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}`, nil, "Pod x\nready: no: it has no condition Ready"},
		{"many events", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"},"status":{"phase":"Active"}}`, []string{event(7), event(2), event(3), event(4), event(5), event(6), event(1)},
			"Namespace x\nready: yes\nphase: Active\n[Events (the last 5 of 7)] Type|Reason|Age|From|Message\nNormal|R3|17d|c|m\nNormal|R4|16d|c|m\nNormal|R5|15d|c|m\nNormal|R6|14d|c|m\nNormal|R7|13d|c|m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i, err := told(t, tt.events...).Item(t.Context(), parse(t, tt.object))
			require.NoError(t, err)
			assert.Equal(t, tt.want, summaryText(i.Summary(t.Context())))
		})
	}
}

// A kind that nobody knows is shown by its conditions, else by its first levels.
func TestSummaryOfCustomResources(t *testing.T) {
	t.Parallel()
	c := told(t)
	box := &Resource{Kind: "Box", Name: "boxes", Group: "example.com", Versions: []string{"v1"}, Namespaced: true}
	sum := func(object string) string {
		return summaryText(newItem(c, box, []byte(object)).Summary(t.Context()))
	}
	assert.Equal(t, "Box.example.com n/b\nready: no: condition Ready is False: Broken\n[Conditions] Type|Status|Age|Reason|Message\nReady|False|<unknown>|Broken|",
		sum(`{"metadata":{"name":"b","namespace":"n"},"spec":{"a":1},"status":{"conditions":[{"type":"Ready","status":"False","reason":"Broken"}]}}`))
	assert.Equal(t, strings.TrimPrefix(`
Box.example.com n/b
size: 3
when: 2026-01-01
[spec] 
a:
  b:
    c: {...}
list:
- x: 1
  "y": [...]
- - 1
  - [...]
text: one ...
"yes": "yes"
"null": null`, "\n"),
		sum(`{"metadata":{"name":"b","namespace":"n"},"size":3,"when":"2026-01-01","none":{},"nil":null,"spec":{"a":{"b":{"c":{"d":1}}},"list":[{"x":1,"y":[1,2]},[1,[2]]],"text":"one\ntwo","yes":"yes","null":null}}`))
	long := sum(`{"metadata":{"name":"b","namespace":"n"},"spec":[` + strings.Repeat("1,", 100) + `"` + strings.Repeat("é", 200) + `"]}`)
	assert.Equal(t, 23, len(strings.Split(long, "\n")))
	assert.True(t, strings.HasSuffix(long, "\n- 1\n..."), long)
	assert.Contains(t, sum(`{"metadata":{"name":"b","namespace":"n"},"spec":{"a":"`+strings.Repeat("é", 200)+`"}}`), strings.Repeat("é", 50)+`" ...`)
}

// Events that can't be read are told of in a line, and aren't waited for long.
func TestSummaryWithoutEvents(t *testing.T) {
	t.Parallel()
	refusing := answered(t, func(r *http.Request) *http.Response {
		return answer{status: http.StatusForbidden, body: `{"kind":"Status","reason":"Forbidden","message":"not you"}`, ends: true}.response(r)
	})
	s := podOf(t, refusing, "{}").Summary(t.Context())
	assert.Equal(t, Section{"Events", nil, [][]string{{"list events in n with involvedObject.kind=Pod,involvedObject.name=p: not you"}}}, s.Sections[0])

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	s = podOf(t, refusing, "{}").Summary(ctx)
	assert.Equal(t, [][]string{{"enough"}}, s.Sections[0].Rows)
}
