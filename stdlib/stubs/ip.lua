---@meta ip

--- Addresses and networks, of IPv4 and IPv6.
---
--- ```lua
--- local ip = require "ip"
--- print(ip.cidr("10.0.0.0/8"):contains("10.1.2.3"))    --> true
--- ```
---@class iplib
local ip = {}

--- The network of a text; bits of the host are cut off.
---
--- ```lua
--- print(ip.cidr("10.1.2.3/16"))                  --> 10.1.0.0/16
--- ```
---@param text string|ip.Network
---@return ip.Network
function ip.cidr(text) end

--- The address of a text.
---
--- ```lua
--- print(ip.parse("10.0.0.255"):next())           --> 10.0.1.0
--- ```
---@param text string|ip.Address
---@return ip.Address
function ip.parse(text) end

--- Whether a text is an address.
---
--- ```lua
--- print(ip.valid("10.0.0.256"))                  --> false
--- ```
---@param text string
---@return boolean
function ip.valid(text) end

--- An address. Addresses compare among themselves.
---@class ip.Address
---@field is_global boolean Neither loopback, link local nor multicast; private ones are global, too.
---@field is_link_local boolean
---@field is_loopback boolean
---@field is_multicast boolean
---@field is_private boolean
---@field version integer 4 or 6.
local Address = {}

--- The address after it, nil behind the last.
---
--- ```lua
--- print(ip.parse("255.255.255.255"):next())      --> nil
--- ```
---@return ip.Address?
function Address:next() end

--- The address before it, nil before the first.
---
--- ```lua
--- print(ip.parse("10.0.1.0"):prev())             --> 10.0.0.255
--- ```
---@return ip.Address?
function Address:prev() end

--- A network. A loop over it is over its addresses.
---@class ip.Network
---@field bits integer The length of the prefix.
---@field first ip.Address
---@field last ip.Address
---@field size number How many addresses it has.
---@overload fun(): ip.Address
local Network = {}

--- Whether an address, or another network as a whole, is in it.
---
--- ```lua
--- print(ip.cidr("10.0.0.0/8"):contains("10.96.0.0/12"))      --> true
--- ```
---@param other string|ip.Address|ip.Network
---@return boolean
function Network:contains(other) end

--- Whether it has addresses in common with another.
---
--- ```lua
--- print(ip.cidr("10.96.0.0/12"):overlaps("10.100.0.0/16"))   --> true
--- ```
---@param other string|ip.Network
---@return boolean
function Network:overlaps(other) end

return ip
