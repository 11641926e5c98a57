---@meta math

--- Numbers.
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
---@param x number
---@return integer
function math.floor(x) end

--- The remainder of x / y, with the sign of x.
---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

--- A mantissa from 0.5 to 1 and an exponent of 2.
---@param x number
---@return number mantissa
---@return integer exponent
function math.frexp(x) end

--- mantissa * 2^exponent.
---@param mantissa number
---@param exponent integer
---@return number
function math.ldexp(mantissa, exponent) end

--- The logarithm.
---@param x number
---@param base? number e unless given.
---@return number
function math.log(x, base) end

--- The logarithm to the base of 10.
---@param x number
---@return number
function math.log10(x) end

--- The largest of the arguments.
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

--- The smallest of the arguments.
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

--- As the operator %.
---@param x number
---@param y number
---@return number
function math.mod(x, y) end

--- The integral and the fractional part.
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
---@param m? integer
---@param n? integer
---@return number
function math.random(m, n) end

--- Has the random numbers be the same each time.
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
