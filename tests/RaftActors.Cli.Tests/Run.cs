using System.Diagnostics;

using RaftActors.Cli.Tests.Client;

namespace RaftActors.Cli.Tests;

/// <summary>A finished run of the program: exit code, standard output, standard error.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    // The value of RAFT_TIMEOUT. It is long, so that a busy machine fails no test.
    private const string Timeout = "1m";

    public static readonly string ProgramFile = Path.Combine(AppContext.BaseDirectory, "raft.dll");

    public IEnumerable<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<JsonElement> Objects => Lines.Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>Runs the program in a process of its own, which costs a hundred times the CPU of <see cref="Here(string[])"/>.</summary>
    public static Run Of(params string[] arguments) => Typed("", arguments);

    /// <summary>Runs the command in the test's process.</summary>
    public static Run Here(params string[] arguments) => Here("", arguments);

    /// <summary>Runs the command with a scripted group.</summary>
    public static Run Here(FakeGroup group, params string[] arguments) => Here("", arguments, group);

    /// <inheritdoc cref="Here(FakeGroup, string[])"/>
    public static Run Here(string input, string[] arguments, FakeGroup group) => Here(input, arguments, connect: group.Connect);

    /// <summary>Runs the command with scripted groups, by the servers that it names; null: a real one.</summary>
    public static Run Here(Func<ServerId[], RaftClient<string, string>?> connect, params string[] arguments) =>
        Here("", arguments, connect: connect);

    /// <param name="servers">Value of the environment variable RAFT_SERVERS; null: not set.</param>
    /// <param name="connect">Makes the client of a group; null: a real one.</param>
    /// <param name="stop">Ends the command; null: signals end it.</param>
    public static Run Here(
        string input,
        string[] arguments,
        string? servers = null,
        Func<ServerId[], RaftClient<string, string>?>? connect = null,
        CancellationToken? stop = null)
    {
        using var typed = new MemoryStream(Encoding.UTF8.GetBytes(input));
        return Here(typed, arguments, servers, connect, stop);
    }

    /// <summary>Runs the command with a scripted group and this standard input.</summary>
    public static Run Here(Stream input, string[] arguments, FakeGroup group) => Here(input, arguments, null, group.Connect, null);

    private static Run Here(
        Stream input,
        string[] arguments,
        string? servers,
        Func<ServerId[], RaftClient<string, string>?>? connect,
        CancellationToken? stop)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new CommandEnvironment(() => input, output, error, variable: name => name switch
        {
            "RAFT_SERVERS" => servers,
            "RAFT_TIMEOUT" => Timeout,
            _ => null,
        }, stop: stop, connect: connect);
        var context = SynchronizationContext.Current;
        try
        {
            // A command blocks its thread, and the threads of the test runner's context would all wait for each other.
            SynchronizationContext.SetSynchronizationContext(null);
            return new Run(Program.Run(arguments, environment), $"{output}", $"{error}");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Runs the program with this standard input.</summary>
    public static Run Typed(string input, params string[] arguments) => Start("dotnet", input, [ProgramFile, .. arguments]);

    /// <summary>
    /// Sends SIGINT when the output ends with <paramref name="text"/>. A background shell ignores SIGINT, and its children inherit that, so
    /// <c>env</c> restores the default.
    /// </summary>
    public static Run Interrupted(string text, params string[] arguments) => Interrupted("", text, arguments);

    /// <summary>The same with standard input, which stays open, and perhaps another signal.</summary>
    public static Run Interrupted(string input, string text, string[] arguments, string signal = "INT")
    {
        using var process = Begin("env", ["--default-signal=INT", "dotnet", ProgramFile, .. arguments]);
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        var (output, error) = (new StringBuilder(), process.StandardError.ReadToEndAsync());
        while (!output.ToString().EndsWith(text, StringComparison.Ordinal) && process.StandardOutput.Read() is var letter and >= 0)
        {
            output.Append((char)letter);
        }

        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        process.WaitForExit();
        return new Run(process.ExitCode, output.ToString(), error.Result);
    }

    public static Run Shell(string command) => Start("bash", "", ["-c", command]);

    private static Run Start(string program, string input, string[] arguments)
    {
        using var process = Begin(program, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return new Run(process.ExitCode, output.Result, error.Result);
    }

    private static Process Begin(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["RAFT_TIMEOUT"] = Timeout },
    })!;
}
