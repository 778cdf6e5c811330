using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace RaftActors.Cli.Tests;

/// <summary>One run of the program, as a shell starts it.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    // Of commands that name none. Nothing takes as long on a machine that works, and a busy one must not fail a test.
    private const string Timeout = "1m";

    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "raft.dll");

    public IEnumerable<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<JsonElement> Objects => Lines.Select(line => JsonDocument.Parse(line).RootElement);

    public static Run Of(params string[] arguments) => Typed("", arguments);

    /// <summary>The same without a process of its own, where that makes no difference.</summary>
    public static Run Here(params string[] arguments) => Here("", arguments);

    /// <param name="servers">The environment variable RAFT_SERVERS; null: it is not set.</param>
    public static Run Here(string input, string[] arguments, string? servers = null)
    {
        using var typed = new StringReader(input);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var surroundings = new Surroundings(typed, output, error, variable: name => name == "RAFT_SERVERS" ? servers : Timeout);
        return new Run(Session.Run(arguments, surroundings), $"{output}", $"{error}");
    }

    /// <summary>Somebody types this.</summary>
    public static Run Typed(string input, params string[] arguments) => Start("dotnet", input, [Program, .. arguments]);

    /// <summary>
    /// Ctrl-C is pressed when this is on the screen. Whoever runs the tests in the background may have had it ignored, which is inherited.
    /// </summary>
    public static Run Interrupted(string text, params string[] arguments) => Interrupted("", text, arguments);

    /// <summary>The same, when this was typed, and nobody said that it was all.</summary>
    public static Run Interrupted(string input, string text, string[] arguments)
    {
        using var process = Begin("env", ["--default-signal=INT", "dotnet", Program, .. arguments]);
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        var (output, error) = (new StringBuilder(), process.StandardError.ReadToEndAsync());
        while (!output.ToString().EndsWith(text, StringComparison.Ordinal) && process.StandardOutput.Read() is var letter and >= 0)
        {
            output.Append((char)letter);
        }

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
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
