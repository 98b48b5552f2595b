@Deprecated module user { requires lib; requires static java.sql; provides lib.api.Service with user.First, user.Second; exports user; }
