using RaftActors.Simulator;

var parsed = CommandLine.Build().Parse(args);
foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine(error.Message);
}

return parsed.Errors.Count > 0 ? 2 : parsed.Invoke();
