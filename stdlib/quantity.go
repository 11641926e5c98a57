package stdlib

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
	"gopkg.in/inf.v0"
	"k8s.io/apimachinery/pkg/api/resource"
)

// quantityFunctions are the functions of the module quantity.
var quantityFunctions = functions{
	"parse": func(c call) int { return c.push(c.quantity(c.quantityOf(c.L.Get(1)))) },
	"sum":   quantitySum,
}

// quantity is an amount as Lua sees it. Its number is never changed.
type quantity struct{ resource.Quantity }

// String is the canonical form: "250m", "1Gi".
func (q quantity) String() string {
	own := q.DeepCopy() // which notes its text
	return own.String()
}

// MarshalText is how it is written in JSON and YAML.
func (q quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// dec is its number, to be changed by the caller.
func (q quantity) dec() *inf.Dec {
	own := q.DeepCopy()
	return own.AsDec()
}

// float is the number that is nearest to it.
func (q quantity) float() float64 {
	f, _ := strconv.ParseFloat(q.dec().String(), 64) // which reads what a Dec writes
	return f
}

// compare orders quantities by their numbers.
func (q quantity) compare(other quantity) int { return q.Cmp(other.Quantity) }

func quantityClass() class[quantity] {
	return class[quantity]{
		name:       "quantity",
		documented: "quantity.Quantity",
		attributes: map[string]func(call, quantity) lua.LValue{
			"value": func(_ call, q quantity) lua.LValue { return lua.LNumber(q.float()) },
		},
		methods: map[string]func(call, quantity) int{
			"compare": func(c call, q quantity) int {
				return c.push(lua.LNumber(q.compare(c.quantityOf(c.L.Get(2)))))
			},
			"format": quantityFormat,
			"to": func(c call, q quantity) int {
				return c.push(lua.LNumber(c.inUnit(q, c.text(2, "the unit"))))
			},
		},
		text: quantity.String,
		meta: merged(comparison(call.quantityOperand, quantity.compare), map[string]func(call) int{
			"__add": func(c call) int {
				return c.combined((*resource.Quantity).Add)
			},
			"__div": func(c call) int {
				if _, number := c.L.Get(2).(lua.LNumber); !number {
					return c.push(lua.LNumber(c.quantityOperand(1).float() / c.quantityOperand(2).float()))
				}
				const digits = 9 // the smallest unit is n
				by := c.decimal(2, "what a quantity is divided by")
				if by.Sign() == 0 {
					c.invalid("a quantity can't be divided by 0")
				}
				q := c.quantityOperand(1)
				return c.push(c.quantityNumber(q, new(inf.Dec).QuoRound(q.dec(), by, digits, inf.RoundHalfUp)))
			},
			"__mul": func(c call) int {
				at, by := 1, 2
				if c.L.Get(1).Type() == lua.LTNumber {
					at, by = 2, 1
				}
				q := c.quantityOperand(at)
				return c.push(c.quantityNumber(q, new(inf.Dec).Mul(q.dec(), c.decimal(by, "what a quantity is multiplied by"))))
			},
			"__sub": func(c call) int {
				return c.combined((*resource.Quantity).Sub)
			},
			"__unm": func(c call) int {
				q := c.quantityOperand(1)
				return c.push(c.quantityNumber(q, new(inf.Dec).Neg(q.dec())))
			},
		}),
	}
}

// quantity makes a value of a quantity.
func (c call) quantity(q quantity) lua.LValue { return object(c, q, quantityClass) }

// quantityNumber makes a value of a number in the format of a quantity.
func (c call) quantityNumber(like quantity, number *inf.Dec) lua.LValue {
	return c.quantity(quantity{*resource.NewDecimalQuantity(*number, like.Format)})
}

// quantityOf is a quantity, or the text or number that says one.
func (c call) quantityOf(v lua.LValue) quantity {
	text := ""
	switch v := v.(type) {
	case lua.LString:
		text = string(v)
	case lua.LNumber:
		text = strconv.FormatFloat(float64(v), 'f', -1, 64)
	case *lua.LUserData:
		if q, ok := objectOf[quantity](v); ok {
			return q
		}
	}
	// The longest that makes sense has some 20 digits; what is longer takes long.
	const most = 64
	if len(text) <= most {
		if q, err := resource.ParseQuantity(text); err == nil {
			return quantity{q}
		}
	}
	c.invalid(`%s is not a quantity (want one like "250m", "1.5" or "1Gi")`, host.Quoted(v))
	return quantity{}
}

// quantityOperand is the quantity at i of an operator.
func (c call) quantityOperand(i int) quantity { return c.quantityOf(c.L.Get(i)) }

// decimal is the number at i of an operator, with the digits that it prints with.
func (c call) decimal(i int, name string) *inf.Dec {
	d, _ := new(inf.Dec).SetString(strconv.FormatFloat(c.number(i, name), 'f', -1, 64))
	return d
}

// combined pushes what an operation of two quantities gives. It has the format of
// the first, unless that is zero.
func (c call) combined(operation func(*resource.Quantity, resource.Quantity)) int {
	sum := c.quantityOperand(1).DeepCopy()
	operation(&sum, c.quantityOperand(2).Quantity)
	return c.push(c.quantity(quantity{sum}))
}

// quantitySum implements quantity.sum(list).
func quantitySum(c call) int {
	var sum resource.Quantity
	c.each(1, func(v lua.LValue) { sum.Add(c.quantityOf(v).Quantity) })
	return c.push(c.quantity(quantity{sum}))
}

// inUnit is a quantity as a number of units, "Mi" or "m"; "" is one.
func (c call) inUnit(q quantity, unit string) float64 {
	one, err := resource.ParseQuantity("1" + unit)
	if err != nil || unit != "" && '0' <= unit[len(unit)-1] && unit[len(unit)-1] <= '9' {
		c.invalid("unknown unit %q%s", unit, c.host.Suggest(unit, []string{"n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}))
	}
	return q.float() / quantity{one}.float()
}

// quantityFormat implements q:format(unit, digits).
func quantityFormat(c call, q quantity) int {
	if c.absent(2) {
		return c.push(lua.LString(q.String()))
	}
	unit := c.text(2, "the unit")
	n := c.inUnit(q, unit)
	digits := -1
	if !c.absent(3) {
		const most = 9
		digits = min(c.whole(3, "the number of digits", 0), most)
	} else if math.Abs(n) >= 1e15 {
		digits = 0
	}
	return c.push(lua.LString(strconv.FormatFloat(n, 'f', digits, 64) + unit))
}
