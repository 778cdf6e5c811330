using System.CommandLine.Parsing;
using System.Text;
using System.Text.Unicode;

using Microsoft.Win32.SafeHandles;

namespace RaftActors.Cli;

/// <summary>The <c>raft</c> program. Every failure ends with a sentence on standard error and an <see cref="ExitCode"/>.</summary>
internal static class Program
{
    private const int BufferSize = 1 << 16;

    public static int Main(string[] arguments)
    {
        UseUtf8();
        using var stream = StandardOutput();
        var output = new StreamWriter(stream, new UTF8Encoding(false), BufferSize);
        var errors = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        var error = TextWriter.Synchronized(errors);
        var input = new Lazy<Stream>(StandardInput);
        var environment = new CommandEnvironment(
            () => input.Value,
            output,
            error,
            () => !Console.IsOutputRedirected,
            Environment.GetEnvironmentVariable,
            isErrorTerminal: () => !Console.IsErrorRedirected);
        var code = ExitCode.Done;
        try
        {
            code = IsUtf8(arguments)
                ? Run(arguments, environment)
                : Refuse(environment, ["an argument is not valid UTF-8: write it in UTF-8, as a terminal with a UTF-8 locale does"]);
            output.Flush();
        }
        catch (IOException e) when (CommandEnvironment.IsBrokenPipe(e))
        {
            // The reader has closed the pipe because it has read enough, as 'head' does. That is not a failure.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(CommandEnvironment.OutputFailure(e));
            code = Math.Max(code, ExitCode.Failed);
        }

        return code;
    }

    public static int Run(string[] arguments, CommandEnvironment environment)
    {
        var line = CommandLine.Build(environment, arguments.FirstOrDefault());
        var parsed = line.Parse(arguments, new() { ResponseFileTokenReplacer = null });

        // The words behind one that is not known are not known either.
        var errors = parsed is { Errors.Count: > 0, UnmatchedTokens: [var word, ..] }
            ? parsed.Errors.Where(error => error.SymbolResult is not CommandResult).Select(error => error.Message)
                .Append(Suggestion.Of(word, parsed.CommandResult))
            : parsed.Errors.Select(error => error.Message);
        var problems = errors.Select(error => error.ReplaceLineEndings(" ").Replace("\t", "")).ToList();
        if (ShortForms.Misplaced(parsed) is { } flag)
        {
            problems.Add($"{flag} stands before the verb: write it after the verb");
        }

        if (problems.Count > 0)
        {
            return Refuse(environment, problems);
        }

        try
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, Output = environment.Output, Error = environment.Error });
        }
        catch (UsageException e)
        {
            return Refuse(environment, [e.Message]);
        }
        catch (RaftConfigurationException e)
        {
            environment.Error.WriteLine($"raft: {Clause.Of(e.Message)}");
            return ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !CommandEnvironment.IsBrokenPipe(e))
        {
            environment.Output.Flush();
            environment.Error.WriteLine($"raft: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static int Refuse(CommandEnvironment environment, List<string> problems)
    {
        foreach (var problem in problems)
        {
            environment.Error.WriteLine($"raft: {Printable.Of(problem)}");
        }

        environment.Error.WriteLine("Run 'raft --help', or any command with --help, to see the usage.");
        return ExitCode.Usage;
    }

    // Otherwise the console of Windows would show UTF-8 in the code page of the machine.
    private static void UseUtf8()
    {
        if (OperatingSystem.IsWindows() && !(Console.IsOutputRedirected && Console.IsErrorRedirected))
        {
            Console.OutputEncoding = new UTF8Encoding(false);
        }
    }

    // The runtime has written U+FFFD in place of bytes that are no UTF-8. Only Linux still tells the bytes.
    private static bool IsUtf8(string[] arguments) =>
        !OperatingSystem.IsLinux()
        || !Array.Exists(arguments, argument => argument.Contains('\uFFFD'))
        || Utf8.IsValid(File.ReadAllBytes("/proc/self/cmdline"));

    // The bytes of a file or a pipe, so that none is replaced. A terminal has the encoding of the locale, or the code page of Windows.
    private static Stream StandardInput() => Console.IsInputRedirected
        ? Console.OpenStandardInput()
        : Encoding.CreateTranscodingStream(Console.OpenStandardInput(), Console.InputEncoding, new UTF8Encoding(false));

    // A pipe is opened directly, because the stream of Console hides a broken pipe, and a long dump into 'head' would run to its end. For a
    // file, a FileStream would write at its own offsets, over the output of other programs.
    private static Stream StandardOutput()
    {
        if (!OperatingSystem.IsWindows())
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!stream.CanSeek)
            {
                return stream;
            }
        }

        return Console.OpenStandardOutput();
    }
}
