//! Holds Lighthouse reports to web-vital and score budgets.
