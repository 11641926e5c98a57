package stdlib

import (
	"net/url"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// urlFunctions are the functions of the module url.
var urlFunctions = functions{
	"build":  urlBuild,
	"escape": func(c call) int { return c.pushText(url.PathEscape(c.text(1, "url.escape: the text"))) },
	"join": func(c call) int {
		base := c.urlOf(1, "url.join: the base")
		reference, err := url.Parse(c.text(2, "url.join: the reference"))
		if err != nil {
			c.invalid("url.join: %w", err)
		}
		return c.pushText(base.ResolveReference(reference).String())
	},
	"parse": func(c call) int { return c.push(c.urlParts(c.urlOf(1, "url.parse: the text"))) },
	"parse_query": func(c call) int {
		values, err := url.ParseQuery(c.text(1, "url.parse_query: the text"))
		if err != nil {
			c.invalid("url.parse_query: %w", err)
		}
		return c.push(c.queryTable(values))
	},
	"query": func(c call) int {
		return c.pushText(c.query(c.table(1, "url.query: the parameters"), "url.query").Encode())
	},
	"unescape": func(c call) int {
		text, err := url.PathUnescape(c.text(1, "url.unescape: the text"))
		if err != nil {
			c.invalid("url.unescape: %w", err)
		}
		return c.pushText(text)
	},
}

// urlOf is the URL that argument i says.
func (c call) urlOf(i int, name string) *url.URL {
	u, err := url.Parse(c.text(i, name))
	if err != nil {
		c.invalid("%s is no URL: %w", name, err)
	}
	return u
}

// urlParts are the parts of a URL, those that it has.
func (c call) urlParts(u *url.URL) *lua.LTable {
	password, _ := u.User.Password()
	t := c.L.NewTable()
	for name, part := range map[string]string{
		"scheme": u.Scheme, "user": u.User.Username(), "password": password, "host": u.Hostname(), "port": u.Port(),
		"path": u.Path, "fragment": u.Fragment,
	} {
		if part != "" {
			t.RawSetString(name, lua.LString(part))
		}
	}
	t.RawSetString("query", c.queryTable(u.Query()))
	return t
}

// queryTable are parameters by their names: strings, or lists where there are
// several of a name.
func (c call) queryTable(values url.Values) *lua.LTable {
	t := c.L.NewTable()
	for name, list := range values {
		if len(list) == 1 {
			t.RawSetString(name, lua.LString(list[0]))
			continue
		}
		several := c.host.Array(c.L)
		for _, value := range list {
			several.Append(lua.LString(value))
		}
		t.RawSetString(name, several)
	}
	return t
}

// query are the parameters of a table: strings, numbers, booleans, or lists of
// them.
func (c call) query(t *lua.LTable, function string) url.Values {
	values := url.Values{}
	t.ForEach(func(key, value lua.LValue) {
		switch v := value.(type) {
		case *lua.LTable:
			c.L.Push(v)
			c.each(c.L.GetTop(), func(e lua.LValue) { values.Add(key.String(), c.parameter(e, function)) })
			c.L.Pop(1)
		default:
			values.Set(key.String(), c.parameter(value, function))
		}
	})
	return values
}

// parameter is a value as the text of a parameter.
func (c call) parameter(v lua.LValue, function string) string {
	switch v.Type() {
	case lua.LTString, lua.LTNumber, lua.LTBool:
		return plainText(v)
	}
	c.invalid("%s: a parameter must be a string, number or boolean, not %s", function, host.TypeName(v))
	return ""
}

// urlBuild implements url.build{scheme =, host =, port =, path =, query =, ...}.
func urlBuild(c call) int {
	given := options[struct {
		Scheme, User, Password, Host, Path, Fragment string
		Port                                         lua.LValue
		Query                                        *lua.LTable
	}](c, 1)
	u := url.URL{Scheme: given.Scheme, Host: given.Host, Path: given.Path, Fragment: given.Fragment}
	if strings.Contains(given.Host, ":") && !strings.HasPrefix(given.Host, "[") {
		u.Host = "[" + given.Host + "]"
	}
	if given.Port != nil && given.Port != lua.LNil {
		if !slices.Contains([]lua.LValueType{lua.LTString, lua.LTNumber}, given.Port.Type()) {
			c.invalid("option port must be a number, not %s", host.TypeName(given.Port))
		}
		u.Host += ":" + plainText(given.Port)
	}
	if u.Host != "" && u.Path != "" && !strings.HasPrefix(u.Path, "/") {
		u.Path = "/" + u.Path
	}
	switch {
	case given.Password != "":
		u.User = url.UserPassword(given.User, given.Password)
	case given.User != "":
		u.User = url.User(given.User)
	}
	if given.Query != nil {
		u.RawQuery = c.query(given.Query, "url.build").Encode()
	}
	return c.pushText(u.String())
}
