package lib.api;
class Extra { static String more() { return " and more"; } }
