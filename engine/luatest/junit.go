package luatest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// JUnit reports in the XML of JUnit, when all tests have ended: a suite for each
// file.
type JUnit struct {
	To     io.Writer
	suites []*junitSuite
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	took     time.Duration
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure"`
	Skipped *junitText `xml:"skipped"`
	Output  string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Begin is nothing.
func (j *JUnit) Begin(int) {}

// Test takes a result.
func (j *JUnit) Test(r Result) {
	var suite *junitSuite
	for _, s := range j.suites {
		if s.Name == r.File {
			suite = s
		}
	}
	if suite == nil {
		suite = &junitSuite{Name: r.File}
		j.suites = append(j.suites, suite)
	}
	c := junitCase{Class: r.File, Name: cmp.Or(r.Name, r.File), Time: inSeconds(r.Took), Output: printable(r.Output)}
	suite.Tests++
	suite.took += r.Took
	suite.Time = inSeconds(suite.took)
	switch {
	case r.Failed():
		suite.Failures++
		first, _, _ := strings.Cut(r.Failures[0], "\n")
		c.Failure = &junitText{printable(first), printable(strings.Join(r.Failures, "\n"))}
	case r.Skipped:
		suite.Skipped++
		c.Skipped = &junitText{Message: printable(r.Reason)}
	}
	suite.Cases = append(suite.Cases, c)
}

// End writes the report.
func (j *JUnit) End(c Count) {
	all := junitSuites{Tests: c.Passed + c.Failed + c.Skipped, Failures: c.Failed, Skipped: c.Skipped, Time: inSeconds(c.Took), Suites: j.suites}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		panic(err) // there is nothing in it that can't be written
	}
	fmt.Fprintf(j.To, "%s%s\n", xml.Header, text)
}

func inSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
