package repl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/kube"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	s := &kube.Summary{
		Title: "Pod web/frontend-1",
		Facts: []kube.Fact{
			{Name: "age", Text: "5m"},
			{Name: "labels", Text: "app=frontend, tier=web, release=canary"},
			{Name: "ready", Text: "no: container web: ImagePullBackOff"},
			{Name: "phase", Text: "Pending"},
		},
		Sections: []kube.Section{
			{Name: "Containers", Columns: []string{"Name", "Ready", "State"}, Rows: [][]string{
				{"setup (init)", "yes", "terminated: Completed, exit code 0"},
				{"web", "no", "waiting: ImagePullBackOff: \x1b[31mBack-off"},
			}},
			{Name: "Conditions", Columns: []string{"Type", "Status", "Reason"}, Rows: [][]string{{"Ready", "False", ""}, {"Initialized", "True", ""}}},
			{Name: "spec", Rows: [][]string{{"a:"}, {"  b: 1"}}},
		},
	}
	tests := []struct {
		name string
		p    *printer
		want string
	}{
		{"no terminal", &printer{}, `
Pod web/frontend-1
  age     5m
  labels  app=frontend, tier=web, release=canary
  ready   no: container web: ImagePullBackOff
  phase   Pending
Containers:
  Name          Ready  State
  setup (init)  yes    terminated: Completed, exit code 0
  web           no     waiting: ImagePullBackOff: ^[[31mBack-off
Conditions:
  Type         Status
  Ready        False
  Initialized  True
spec:
  a:
    b: 1`},
		{"a narrow one", &printer{size: screen(45, 20)}, `
Pod web/frontend-1
  age     5m
  labels  app=frontend, tier=web,
          release=canary
  ready   no: container web: ImagePullBackOff
  phase   Pending
Containers:
  Name          Ready  State
  setup (init)  yes    terminated: Completed,
                       exit code 0
  web           no     waiting:
                       ImagePullBackOff:
                       ^[[31mBack-off
Conditions:
  Type         Status
  Ready        False
  Initialized  True
spec:
  a:
    b: 1`},
		{"too narrow to break lines", &printer{size: screen(20, 20)}, `
Pod web/frontend-1
  age     5m
  labels  app=front…
  ready   no: conta…
  phase   Pending
Containers:
  Name          Rea…
  setup (init)  yes…
  web           no …
Conditions:
  Type         Stat…
  Ready        False
  Initialized  True
spec:
  a:
    b: 1`},
		{"colours", &printer{paint: true}, `
<1>Pod web/frontend-1<0>
<2>  age     <0>5m
<2>  labels  <0>app=frontend, tier=web, release=canary
<2>  ready   <0><31>no: container web: ImagePullBackOff<0>
<2>  phase   <0><33>Pending<0>
<1>Containers:<0>
<2>  Name          Ready  State<0>
  setup (init)  yes    terminated: Completed, exit code 0
  web           no     <31>waiting: ImagePullBackOff: ^[[31>Back-off<0>
<1>Conditions:<0>
<2>  Type         Status<0>
  Ready        False
  Initialized  True
<1>spec:<0>
  a:
    b: 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := painted(tt.p.summary(s))
			if !tt.p.paint {
				got = strings.ReplaceAll(got, "[31>", "[31m")
			}
			assert.Equal(t, strings.TrimPrefix(tt.want, "\n"), got)
		})
	}
}
