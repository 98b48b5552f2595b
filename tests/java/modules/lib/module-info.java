module lib { exports lib.api; opens lib.internal to user; uses lib.api.Service; provides lib.api.Service with lib.internal.Own; requires transitive java.logging; }
