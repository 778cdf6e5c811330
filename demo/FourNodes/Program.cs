using FourNodes;

// One line about what went wrong, never a stack trace: 2 for a wrong command line, 1 for anything else that a person can put right.
var parsed = CommandLine.Build(Demo.Run).Parse(args);
if (parsed.Errors is [var error, ..])
{
    Console.Error.WriteLine($"FourNodes: {error.Message} (--help shows what there is)");
    return 2;
}

try
{
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (UserError problem)
{
    Console.Error.WriteLine($"FourNodes: {problem.Message}");
    return 1;
}
