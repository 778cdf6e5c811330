using System.Net.Sockets;

namespace FourNodes.Tests;

/// <summary>
/// Wrong input gives one line on standard error, with the cause and the remedy, and an exit code that is not 0. Most tests run the program
/// in this process, because a start of .NET takes longer than all that they do.
/// </summary>
[Collection(nameof(DemoPorts))]
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _hocon = new();

    public BadInputTests()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "hocon"), "*.conf"))
        {
            File.Copy(file, _hocon[Path.GetFileName(file)]);
        }
    }

    public void Dispose() => _hocon.Dispose();

    [Fact]
    public async Task Error_in_a_hocon_file_names_the_file_and_the_key()
    {
        File.WriteAllText(_hocon["node2.conf"], "raft.node = ${no.such.key}\n");

        var error = await Fails(1, "--hocon", _hocon.Path);

        Assert.Contains(_hocon["node2.conf"], error);
        Assert.Contains("no.such.key", error);
    }

    // Akka.NET's own parser does not end on the first two.
    [Theory]
    [InlineData("raft.node = \"node2@localhost\"\nakka.remote {\n  x = [1, 2\n}\n", "node2.conf:4:1: found '}', expected a value.")]
    [InlineData("raft {\n  roster = [a@b, c@d]\n}\n", "node2.conf:2:14: '@' is allowed in quotes only. Write \"...\" around")]
    [InlineData("raft {\n  node = node2\n", "node2.conf:1:6: this '{' is not closed. Add the '}'.")]
    public async Task Error_in_a_hocon_file_names_line_column_and_remedy(string text, string expected)
    {
        File.WriteAllText(_hocon["node2.conf"], text);

        Assert.Contains(expected, await Fails(1, "--hocon", _hocon.Path));
    }

    [Fact]
    public async Task Port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await Fails(1, "--node", "node1", "--port", port.ToString());

        Assert.Contains($"127.0.0.1:{port}", error);
        Assert.Contains("in use", error);
    }

    [Fact]
    public async Task Host_name_that_does_not_resolve_is_named()
    {
        var file = _hocon["node1.conf"];
        File.AppendAllText(file, "\nakka.remote.dot-netty.tcp.hostname = \"no-such-host.invalid\"\n");

        Assert.Contains("no-such-host.invalid", await Fails(1, "--node", "node1", "--hocon", _hocon.Path));
    }

    [Theory]
    [InlineData("--seconds 0", 2, "'0' is not a number from 1 to 86400")]
    [InlineData("--seconds soon", 2, "soon")]
    [InlineData("--node node1 --port 70000", 2, "'70000' is not a number from 0 to 65535")]
    [InlineData("--port 4000", 2, "--node")]
    public async Task Wrong_option_is_named(string arguments, int code, string named) =>
        Assert.Contains(named, await Fails(code, arguments.Split(' ')));

    /// <summary>The exit code and the line as another program sees them.</summary>
    [Theory]
    [InlineData("--node node9", 1, "has no node9.conf. Name a node")]
    [InlineData("--sekonds 3", 2, "--sekonds")]
    public async Task Process_ends_with_the_exit_code_and_one_line(string arguments, int code, string named)
    {
        using var demo = await DemoProcess.RunToEnd(arguments.Split(' '));

        Assert.Equal(code, await demo.Exit());
        Assert.Contains(named, demo.Errors);
        Assert.DoesNotContain("\n", demo.Errors);
    }

    [Fact]
    public async Task Help_explains_every_option()
    {
        var (code, output, _) = await RunHere("--help");

        Assert.Equal(0, code);
        Assert.All(["--node", "--seconds", "--port", "--hocon", "--verbose"], option => Assert.Contains(option, output));
    }

    private static async Task<string> Fails(int code, params string[] arguments)
    {
        var (actual, _, errors) = await RunHere(arguments);
        Assert.Equal(code, actual);
        Assert.EndsWith("\n", errors);
        Assert.DoesNotContain("\n", errors.TrimEnd('\n'));
        return errors;
    }

    // No other test runs meanwhile, see DemoPorts. So the console is that of the program.
    private static async Task<(int Code, string Output, string Errors)> RunHere(params string[] arguments)
    {
        var (console, consoleErrors) = (Console.Out, Console.Error);
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter errors = new() { NewLine = "\n" };
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            // The program blocks its thread until it has ended.
            var code = await Task.Run(() => typeof(Demo).Assembly.EntryPoint!.Invoke(null, [arguments]));
            return ((int)code!, $"{output}", $"{errors}");
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(consoleErrors);
        }
    }
}
