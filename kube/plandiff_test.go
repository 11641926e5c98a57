package kube

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPlannedChangeLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, resource, before, after string
		want                          []string
	}{
		{"nothing", "pods", `{"a":1}`, `{"a":1}`, nil},
		{"a field", "pods", `{"spec":{"a":1}}`, `{"spec":{"a":2}}`, []string{"~ spec.a: 1 -> 2"}},
		{"a new field", "pods", `{"spec":{}}`, `{"spec":{"a":"x"}}`, []string{"+ spec.a: x"}},
		{"a field that goes", "pods", `{"spec":{"a":true}}`, `{"spec":{}}`, []string{"- spec.a: true"}},
		{"a new object is its fields", "pods", `{}`, `{"metadata":{"labels":{"a":"1","b.c/d":"2"}}}`, []string{
			`+ metadata.labels.a: "1"`, `+ metadata.labels["b.c/d"]: "2"`,
		}},
		{"an empty object", "pods", `{}`, `{"spec":{"emptyDir":{}}}`, []string{"+ spec.emptyDir: {}"}},
		{"another type", "pods", `{"a":"1"}`, `{"a":1}`, []string{`~ a: "1" -> 1`}},
		{"what the server keeps", "pods",
			`{"metadata":{"uid":"1","resourceVersion":"1","generation":1,"creationTimestamp":"x","managedFields":[]}}`,
			`{"metadata":{"uid":"2","resourceVersion":"2","generation":2,"creationTimestamp":"y","managedFields":[1]}}`, nil},
		{"elements by name", "pods",
			`{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}`,
			`{"containers":[{"name":"b","image":"2"},{"name":"c","image":"1"}]}`, []string{
				"- containers[name=a].image: \"1\"", "- containers[name=a].name: a",
				"~ containers[name=b].image: \"1\" -> \"2\"",
				"+ containers[name=c].image: \"1\"", "+ containers[name=c].name: c",
			}},
		{"another order", "pods", `{"l":[{"name":"a"},{"name":"b"}]}`, `{"l":[{"name":"b"},{"name":"a"}]}`, []string{"~ l: in another order: b, a"}},
		{"elements by place", "pods", `{"args":["a","b"]}`, `{"args":["a","c","d"]}`, []string{"~ args[2]: b -> c", "+ args[3]: d"}},
		{"a text of lines", "configmaps", `{"data":{"t":"a\nb\nc\nd"}}`, `{"data":{"t":"a\nx\nc2\nd"}}`, []string{
			"~ data.t: line 2 on", "-   b", "-   c", "+   x", "+   c2",
		}},
		{"escape sequences", "configmaps", `{"data":{"t":"a\nb"}}`, `{"data":{"t":"a\n\u001b[2J"}}`, []string{
			"~ data.t: line 2 on", "-   b", "+   \uFFFD[2J",
		}},
		{"escape sequences in names", "things.example.com", `{"l":[{"name":"\u001b[2J","a":1}]}`, `{"l":[{"name":"\u001b[2J","a":2}]}`, []string{
			"~ l[name=\uFFFD[2J].a: 1 -> 2",
		}},
		{"a secret", "secrets",
			`{"data":{"a":"c2VjcmV0","b":"c2VjcmV0","same":"c2VjcmV0"},"metadata":{"annotations":{"last":"secret"},"labels":{"x":"1"}}}`,
			`{"data":{"a":"c2VjcmV1","c":"c2VjcmV0","same":"c2VjcmV0"},"metadata":{"annotations":{"last":"secret2"},"labels":{"x":"2"}}}`, []string{
				"~ data.a: *** (changed)", "- data.b: ***", "+ data.c: ***",
				"~ metadata.annotations.last: *** (changed)", `~ metadata.labels.x: "1" -> "2"`,
			}},
		{"a new secret", "secrets", "", `{"kind":"Secret","metadata":{"name":"s","annotations":{"a":"secret"}},"data":{"a":"c2VjcmV0"},"stringData":{"b":"secret"}}`, []string{
			"+ metadata:", "+   annotations:", `+     a: "***"`, "+ data:", `+   a: "***"`, "+ stringData:", `+   b: "***"`,
		}},
		{"a deleted one", "secrets", `{"data":{"a":"c2VjcmV0"}}`, "", nil},
		{"a new one without what the server makes", "jobs.batch", "",
			`{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"run-abcde","generateName":"run-","uid":"u-1"},"spec":{"uid":"u-1","of":"run-abcde"},"status":{"x":1}}`,
			[]string{"+ spec:", "+   uid: …", "+   of: run-…"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := PlannedChange{Resource: tt.resource, Name: "run-abcde", Generated: strings.Contains(tt.after, "generateName")}
			if tt.before != "" {
				c.Before = parse(t, tt.before)
			}
			if tt.after != "" {
				c.After = parse(t, tt.after)
			}
			got := c.Lines()
			assert.Equal(t, tt.want, got)
			if tt.resource == "secrets" {
				assert.NotContains(t, strings.Join(got, "\n"), "ecret")
				assert.NotContains(t, strings.Join(got, "\n"), "c2Vj")
			}
		})
	}
}

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9]*m")

func TestPlanText(t *testing.T) {
	t.Parallel()
	p := NewPlan()
	assert.Equal(t, "Plan: nothing to do.\n", p.Text(true))
	add := func(server, name, before, after string, verb string) {
		o := p.object(place{server, "", "configmaps", "web", name})
		got := outcome{action: planAction{verb: verb}, version: "v1"}
		if before != "" {
			got.before = parse(t, before)
		}
		if after != "" {
			got.after = parse(t, after)
		}
		got.action.body = got.after
		p.commit(o, got)
	}
	add("a", "new", "", `{"data":{"k":"v"}}`, createAction)
	add("a", "old", `{"data":{}}`, "", deleteAction)
	add("a", "other", `{"data":{"k":"v"}}`, `{"data":{"k":"w"}}`, changeAction)
	assert.True(t, p.waitsFulfilled())
	want := "+ create configmaps web/new\n    + data:\n    +   k: v\n- delete configmaps web/old\n~ change configmaps web/other\n    ~ data.k: v -> w\n\n" +
		"Plan: 1 to create, 1 to change, 1 to delete. A wait was taken as fulfilled.\n"
	assert.Equal(t, want, p.Text(false))
	coloured := p.Text(true)
	assert.Contains(t, coloured, "\x1b[32m+ create configmaps web/new\x1b[0m\n\x1b[32m    + data:\x1b[0m\n")
	assert.Contains(t, coloured, "\x1b[31m- delete configmaps web/old\x1b[0m\n")
	assert.Equal(t, want, escapeSequence.ReplaceAllString(coloured, ""))

	add("b", "old", `{"data":{}}`, "", deleteAction)
	add("b", "old", "", `{"data":{"x":"1"}}`, createAction)
	assert.True(t, p.waitsFulfilled())
	got := p.Text(false)
	assert.True(t, strings.HasPrefix(got, "cluster a\n+ create configmaps web/new\n"), got)
	assert.Contains(t, got, "cluster b\n± replace configmaps web/old\n    + data.x: \"1\"\n\nPlan: 1 to create, 1 to change, 1 to replace, 1 to delete. 2 waits were taken as fulfilled.\n")
}
