from . import service_promise_wizard
