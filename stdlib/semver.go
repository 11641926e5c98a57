package stdlib

import (
	"github.com/Masterminds/semver/v3"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// semverFunctions are the functions of the module semver.
var semverFunctions = functions{
	"parse": func(c call) int { return c.push(c.version(c.versionOf(c.L.Get(1)))) },
	"valid": func(c call) int {
		_, err := semver.NewVersion(c.text(1, "semver.valid: the text"))
		return c.push(lua.LBool(err == nil))
	},
}

// version is a semantic version as Lua sees it.
type version struct{ *semver.Version }

// String is the version without a v, "1.2.3-rc.1".
func (v version) String() string { return v.Version.String() }

func (v version) compare(other version) int { return v.Compare(other.Version) }

func versionClass() class[version] {
	number := func(of func(*semver.Version) uint64) func(call, version) lua.LValue {
		return func(_ call, v version) lua.LValue { return lua.LNumber(of(v.Version)) }
	}
	return class[version]{
		name:       "version",
		documented: "semver.Version",
		attributes: map[string]func(call, version) lua.LValue{
			"major":      number((*semver.Version).Major),
			"metadata":   func(_ call, v version) lua.LValue { return lua.LString(v.Metadata()) },
			"minor":      number((*semver.Version).Minor),
			"original":   func(_ call, v version) lua.LValue { return lua.LString(v.Original()) },
			"patch":      number((*semver.Version).Patch),
			"prerelease": func(_ call, v version) lua.LValue { return lua.LString(v.Prerelease()) },
		},
		methods: map[string]func(call, version) int{
			"bump": versionBump,
			"compare": func(c call, v version) int {
				return c.push(lua.LNumber(v.compare(c.versionOf(c.L.Get(2)))))
			},
			"satisfies": func(c call, v version) int {
				text := c.text(2, "the constraint")
				constraint, err := semver.NewConstraint(text)
				if err != nil {
					c.invalid("%s is not a constraint (want one like \">= 1.2, < 2\", \"^1.2\" or \"~1.2.3\"): %w", host.QuotedText(text), err)
				}
				return c.push(lua.LBool(constraint.Check(v.Version)))
			},
		},
		text: version.String,
		meta: comparison(func(c call, i int) version { return c.versionOf(c.L.Get(i)) }, version.compare),
	}
}

// version makes a value of a version.
func (c call) version(v version) lua.LValue { return object(c, v, versionClass) }

// versionOf is a version, or the text that says one.
func (c call) versionOf(v lua.LValue) version {
	if own, ok := objectOf[version](v); ok {
		return own
	}
	text, _ := v.(lua.LString)
	parsed, err := semver.NewVersion(string(text))
	if err != nil {
		c.invalid(`%s is not a version (want one like "1.2.3" or "v1.2.3-rc.1")`, host.Quoted(v))
	}
	return version{parsed}
}

// versionBump implements v:bump(part): the next version.
func versionBump(c call, v version) int {
	var next semver.Version
	switch part := c.text(2, "the part"); part {
	case "major":
		next = v.IncMajor()
	case "minor":
		next = v.IncMinor()
	case "patch":
		next = v.IncPatch()
	default:
		c.invalid("unknown part %q%s", part, c.host.Suggest(part, []string{"major", "minor", "patch"}))
	}
	return c.push(c.version(version{&next}))
}
