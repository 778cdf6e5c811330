using FourNodes;

// An error is one line, never a stack trace. Exit code 2: a wrong command line. Exit code 1: any other error that a user can correct.
var parsed = CommandLine.Build(Demo.Run).Parse(args);
if (parsed.Errors is [var error, ..])
{
    Console.Error.WriteLine($"FourNodes: {error.Message} (--help lists the options)");
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
