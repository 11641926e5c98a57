---@meta math

--- Numbers.
---
--- ```lua
--- print(math.abs(-2), math.sqrt(16), math.pow(2, 10), math.exp(0))           --> 2 4 1024 1
--- print(math.deg(math.acos(-1)), math.deg(math.asin(1)), math.rad(0))        --> 180 90 0
--- print(math.deg(math.atan(1)), math.deg(math.atan2(1, -1)))                 --> 45 135
--- print(math.cos(0), math.sin(0), math.tan(0))                               --> 1 0 0
--- print(math.cosh(0), math.sinh(0), math.tanh(0))                            --> 1 0 0
--- ```
---@class mathlib
---@field huge number Larger than any other number; as a timeout, no end.
---@field pi number
math = {}

--- The number without its sign.
---@param x number
---@return number
function math.abs(x) end

--- The arc cosine, in radians.
---@param x number
---@return number
function math.acos(x) end

--- The arc sine, in radians.
---@param x number
---@return number
function math.asin(x) end

--- The arc tangent, in radians.
---@param x number
---@return number
function math.atan(x) end

--- The angle of the point (x, y), in radians.
---@param y number
---@param x number
---@return number
function math.atan2(y, x) end

--- The next integer upwards.
---
--- ```lua
--- print(math.ceil(7 / 2))                        --> 4
--- ```
---@param x number
---@return integer
function math.ceil(x) end

--- The cosine of an angle in radians.
---@param x number
---@return number
function math.cos(x) end

--- The hyperbolic cosine.
---@param x number
---@return number
function math.cosh(x) end

--- An angle in degrees that is given in radians.
---@param x number
---@return number
function math.deg(x) end

--- e to the power of x.
---@param x number
---@return number
function math.exp(x) end

--- The next integer downwards.
---
--- ```lua
--- print(math.floor(-0.5))                        --> -1
--- ```
---@param x number
---@return integer
function math.floor(x) end

--- The remainder of x / y, with the sign of x.
---
--- ```lua
--- print(math.fmod(-7, 3), -7 % 3)                --> -1 2
--- ```
---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

--- A mantissa from 0.5 to 1 and an exponent of 2.
---
--- ```lua
--- print(math.frexp(8))                           --> 0.5 4
--- ```
---@param x number
---@return number mantissa
---@return integer exponent
function math.frexp(x) end

--- mantissa * 2^exponent.
---
--- ```lua
--- print(math.ldexp(0.5, 4))                      --> 8
--- ```
---@param mantissa number
---@param exponent integer
---@return number
function math.ldexp(mantissa, exponent) end

--- The logarithm.
---
--- ```lua
--- print(math.log(8, 2))                          --> 3
--- ```
---@param x number
---@param base? number e unless given.
---@return number
function math.log(x, base) end

--- The logarithm to the base of 10.
---
--- ```lua
--- print(math.log10(1000))                        --> 3
--- ```
---@param x number
---@return number
function math.log10(x) end

--- The largest of the arguments.
---
--- ```lua
--- print(math.max(1, 3, 2))                       --> 3
--- ```
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

--- The smallest of the arguments.
---
--- ```lua
--- print(math.min(5, 3))                          --> 3
--- ```
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

--- As the operator %.
---
--- ```lua
--- print(math.mod(-7, 3))                         --> 2
--- ```
---@param x number
---@param y number
---@return number
function math.mod(x, y) end

--- The integral and the fractional part.
---
--- ```lua
--- print(math.modf(2.5))                          --> 2 0.5
--- ```
---@param x number
---@return number whole
---@return number fraction
function math.modf(x) end

--- x to the power of y.
---@param x number
---@param y number
---@return number
function math.pow(x, y) end

--- An angle in radians that is given in degrees.
---@param x number
---@return number
function math.rad(x) end

--- A random number from 0 to 1; with m an integer from 1 to m, with n from m to n.
---
--- ```lua
--- task.sleep(math.random(1, 30))
--- ```
---@param m? integer
---@param n? integer
---@return number
function math.random(m, n) end

--- Has the random numbers be the same each time.
---
--- ```lua
--- math.randomseed(7)
--- local first = math.random(1, 100)
--- math.randomseed(7)
--- print(math.random(1, 100) == first)            --> true
--- ```
---@param seed number
function math.randomseed(seed) end

--- The sine of an angle in radians.
---@param x number
---@return number
function math.sin(x) end

--- The hyperbolic sine.
---@param x number
---@return number
function math.sinh(x) end

--- The square root.
---@param x number
---@return number
function math.sqrt(x) end

--- The tangent of an angle in radians.
---@param x number
---@return number
function math.tan(x) end

--- The hyperbolic tangent.
---@param x number
---@return number
function math.tanh(x) end
