package kube

import (
	"encoding/base64"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Attribute is a row that names one thing which items of a kind offer.
type Attribute struct {
	Name string        // as Lua and Item.Attribute name it
	Path string        // where it stands in the object, keys joined by dots
	Type AttributeType // what it is given as and what its absence means
	Doc  string        // one sentence
}

// AttributeType says what an attribute is given as.
type AttributeType uint8

// The types of attributes, with the Go type that Item.Attribute returns.
const (
	Text       AttributeType = iota // string; absent: StatusError
	Timestamp                       // time.Time; absent: StatusError
	Count                           // int64; absent: 0, since servers omit zeros
	List                            // Value, an array; absent: an empty one
	Addresses                       // []Address
	Quantities                      // map[string]float64
	Containers                      // []*Container
	Ingress                         // []string
	Bytes                           // map[string]string, base64 decoded
)

// Address is one address of a node.
type Address struct {
	Type string // in the enum AddressType or not
	Addr string // an IP address or a host name
}

// emptyArray is what an absent List is.
var emptyArray = Value{[]byte("[]")}

// Attribute returns the attribute of the item with the given name; its Go type
// is that of the row's AttributeType. It returns a StatusError where the item
// doesn't have it and its absence means something, a ValueError where the kind
// has no attribute of that name.
func (i *Item) Attribute(name string) (any, error) {
	a := i.resource.attribute(name)
	if a == nil {
		return nil, unknown("attribute of "+i.resource.Kind, name, i.AttributeNames())
	}
	if i.partial {
		return nil, i.absent(name)
	}
	v := i.raw.At(strings.Split(a.Path, ".")...)
	switch a.Type {
	case Text:
		return i.text(a.Name, v)
	case Timestamp:
		return i.timestamp(a.Name, v)
	case Count:
		n, _ := v.Int()
		return n, nil
	case Addresses:
		return addresses(v), nil
	case Quantities:
		return quantities(v), nil
	case Containers:
		return i.containers(v, a.Path), nil
	case Ingress:
		return ingress(v), nil
	case Bytes:
		return decoded(v)
	}
	if v.Type() != Array {
		return emptyArray, nil
	}
	return v, nil
}

// HasAttribute tells whether the item's kind has an attribute of that name.
func (i *Item) HasAttribute(name string) bool { return i.resource.attribute(name) != nil }

// AttributeNames lists the attributes of the item's kind.
func (i *Item) AttributeNames() []string {
	names := make([]string, len(i.resource.Attributes))
	for n, a := range i.resource.Attributes {
		names[n] = a.Name
	}
	return names
}

// absent is the error for a status attribute that isn't there.
func (i *Item) absent(attribute string) error {
	return Errorf(StatusError, "%s has no %s (it may not be reported yet: fetch it again, or read it with kube.get)", i, attribute)
}

func (i *Item) text(attribute string, v Value) (string, error) {
	if v.Type() != String {
		return "", i.absent(attribute)
	}
	return v.String(), nil
}

func (i *Item) timestamp(attribute string, v Value) (time.Time, error) {
	t, err := ParseTime(v.String())
	if err != nil {
		return time.Time{}, i.absent(attribute)
	}
	return t, nil
}

func addresses(v Value) []Address {
	list := []Address{}
	for a := range v.Elements() {
		list = append(list, Address{a.Get("type").String(), a.Get("address").String()})
	}
	return list
}

// quantities reads resource quantities as numbers. One that can't be read is
// left out: the server doesn't store such.
func quantities(v Value) map[string]float64 {
	numbers := map[string]float64{}
	for name, q := range v.Fields() {
		if parsed, err := resource.ParseQuantity(q.String()); err == nil {
			numbers[name] = parsed.AsFloat64Slow()
		}
	}
	return numbers
}

func ingress(v Value) []string {
	list := []string{}
	for e := range v.Elements() {
		for _, key := range []string{"ip", "hostname"} {
			if a := e.Get(key); a.Type() == String {
				list = append(list, a.String())
			}
		}
	}
	return list
}

func decoded(v Value) (map[string]string, error) {
	data := map[string]string{}
	for key, text := range v.Fields() {
		b, err := base64.StdEncoding.DecodeString(text.String())
		if err != nil {
			return nil, Errorf(ValueError, "data key %q is not base64", key)
		}
		data[key] = string(b)
	}
	return data, nil
}
