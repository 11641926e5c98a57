package engine

import "github.com/yuin/gopher-lua/ast"

// anchor puts a statement without effect in front of each place that a jump
// may lead back to (the body of a loop, a label) where the code there could
// begin with a jump of its own. The compiler shortens chains of jumps, and
// takes the distance of one that it has shortened already for the number of a
// label: `for _ in x do break end` would go on at some earlier line
// (patchCode in gopher-lua 1.1.2).
func anchor(stmts []ast.Stmt, loop bool) []ast.Stmt {
	var anchored []ast.Stmt
	for i, s := range stmts {
		if _, label := stmts[max(i-1, 0)].(*ast.LabelStmt); (loop && i == 0 || label && i > 0) && mayJumpFirst(s) {
			anchored = append(anchored, effectless(s.Line()))
		}
		anchored = append(anchored, s)
	}
	return anchored
}

// effectless is "do local _ = nil end", which compiles to one instruction.
func effectless(line int) ast.Stmt {
	value, local, block := &ast.NilExpr{}, &ast.LocalAssignStmt{Names: []string{"_"}}, &ast.DoBlockStmt{}
	local.Exprs, block.Stmts = []ast.Expr{value}, []ast.Stmt{local}
	for _, n := range []ast.PositionHolder{value, local, block} {
		n.SetLine(line)
		n.SetLastLine(line)
	}
	return block
}

// mayJumpFirst tells whether the code of a statement may begin with a jump. It
// says yes where that isn't plain to see.
func mayJumpFirst(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.FuncDefStmt:
		return false
	case *ast.FuncCallStmt:
		return !plain(s.Expr)
	case *ast.NumberForStmt:
		return !plain(s.Init)
	case *ast.LocalAssignStmt:
		return len(s.Exprs) > 0 && !plain(s.Exprs[0])
	case *ast.IfStmt:
		_, number := s.Condition.(*ast.NumberExpr)
		_, text := s.Condition.(*ast.StringExpr)
		return number || text || !plain(s.Condition)
	}
	return true
}

// plain tells whether the code of an expression begins with something else
// than a jump.
func plain(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr, *ast.NumberExpr, *ast.StringExpr, *ast.TableExpr, *ast.FunctionExpr:
		return true
	case *ast.AttrGetExpr:
		return plain(e.Object)
	case *ast.FuncCallExpr:
		return plain(e.Func) || plain(e.Receiver)
	case *ast.RelationalOpExpr:
		return plain(e.Lhs)
	}
	return false
}
