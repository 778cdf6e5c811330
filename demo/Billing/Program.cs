using System.CommandLine;

using Billing;

Option<int[]> ports = new("--ports")
{
    Description = "The ports of the four nodes.",
    DefaultValueFactory = _ => [2651, 2652, 2653, 2654],
    Arity = new ArgumentArity(BillingNode.Count, BillingNode.Count),
    AllowMultipleArgumentsPerToken = true,
    HelpName = "N N N N",
};
Option<string?> register = new("--register")
{
    Description = "Also write each attempt to write a bill to this file.",
    HelpName = "FILE",
};
Option<int> node = new("--node") { Hidden = true };
Option<string?> directory = new("--directory")
{
    Description = "Keep the bills and all that the nodes store here, and go on with what is there. Default: a temporary folder.",
    HelpName = "DIR",
};
RootCommand command = new(
    "Four nodes with a cluster singleton that bills, a register that refuses old tokens, and accounts that need no database.\n\n"
    + Launcher.Commands)
{
    ports, register, node, directory,
};
command.SetAction(parsed => parsed.GetValue(node) is > 0 and var number
    ? BillingNode.RunAsync(number, parsed.GetRequiredValue(ports), parsed.GetRequiredValue(directory)!)
    : new Launcher(parsed.GetRequiredValue(ports), parsed.GetValue(register), parsed.GetValue(directory)).RunAsync());

// Exit code 2: a wrong command line, in one line as other errors.
var parsed = command.Parse(args);
if (parsed.Errors is [var wrong, ..])
{
    Console.Error.WriteLine($"Billing: {wrong.Message} (--help lists the options)");
    return 2;
}

return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null });
