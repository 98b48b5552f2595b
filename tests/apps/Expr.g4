grammar Expr;
program : statement+ EOF ;
statement : ID '=' expr ';' # assign | 'print' expr ';' # print | 'while' '(' expr ')' '{' statement* '}' # loop ;
expr : '-' expr # negate | expr op=('*' | '/' | '%') expr # product | expr op=('+' | '-') expr # sum | expr op=('<' | '==') expr # compare
     | INT # number | ID # variable | '(' expr ')' # parens ;
ID : [a-z]+ ;
INT : [0-9]+ ;
SPACE : [ \t\r\n]+ -> skip ;
COMMENT : '#' ~[\n]* -> skip ;
