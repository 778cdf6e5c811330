using System.Text;

using Microsoft.Win32.SafeHandles;

using RaftActors.Cli.Client;
using RaftActors.Storage;

namespace RaftActors.Cli;

/// <summary>One run of the program: whatever goes wrong, people get a sentence, and scripts an exit code.</summary>
internal static class Session
{
    /// <summary>It is done, and nothing is wrong.</summary>
    public const int Fine = 0;

    /// <summary>Something is wrong with the data, or what was asked for could not be done.</summary>
    public const int Wrong = 1;

    /// <summary>The command is wrong.</summary>
    public const int Usage = 2;

    /// <summary>It may be done already, later, or never.</summary>
    public const int Unknown = 3;

    /// <summary>Ctrl-C, as shells have it.</summary>
    public const int Interrupted = 130;

    private const int BufferSize = 1 << 16;

    public static int Run(string[] arguments)
    {
        PrivateFiles.Demand();
        using var stream = StandardOutput();
        var output = new StreamWriter(stream, new UTF8Encoding(false), BufferSize);
        var surroundings = new Surroundings(
            Console.In, output, Console.Error, !Console.IsOutputRedirected, Environment.GetEnvironmentVariable);
        Console.CancelKeyPress += (_, press) => press.Cancel |= surroundings.IsChanging;
        var code = Fine;
        try
        {
            code = Run(arguments, surroundings);
            output.Flush();
        }
        catch (IOException e) when (Surroundings.IsBrokenPipe(e))
        {
            // Whoever read us has seen enough, as 'head' does.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(Surroundings.Lost(e));
            code = Math.Max(code, Wrong);
        }

        return code;
    }

    public static int Run(string[] arguments, Surroundings surroundings)
    {
        var parsed = CommandLine.Build(surroundings).Parse(arguments, new() { ResponseFileTokenReplacer = null });
        var problems = parsed.Errors.Select(error => error.Message).ToList();
        if (SeedFlags.Misplaced(parsed) is { } flag)
        {
            problems.Add($"{flag} stands before the verb, and belongs behind it");
        }

        if (problems.Count > 0)
        {
            return Complain(surroundings, problems);
        }

        try
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, Output = surroundings.Output, Error = surroundings.Error });
        }
        catch (UsageException e)
        {
            return Complain(surroundings, [e.Message]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !Surroundings.IsBrokenPipe(e))
        {
            surroundings.Output.Flush();
            surroundings.Error.WriteLine($"raft: {e.Message}");
            return Wrong;
        }
    }

    private static int Complain(Surroundings surroundings, List<string> problems)
    {
        foreach (var problem in problems)
        {
            surroundings.Error.WriteLine($"raft: {Printable.Of(problem)}");
        }

        surroundings.Error.WriteLine("'raft --help', and --help after each command, say how it is used.");
        return Usage;
    }

    /// <summary>
    /// The console's own stream says nothing of a broken pipe, so a long dump into 'head' would be written to its end for nobody. A file
    /// knows of no such thing, and who writes to it by place writes over what others write after us.
    /// </summary>
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

/// <summary>What a run reads and writes.</summary>
/// <param name="variable">Reads an environment variable; unset: there are none.</param>
internal sealed class Surroundings(
    TextReader input,
    TextWriter output,
    TextWriter error,
    bool isTerminal = false,
    Func<string, string?>? variable = null)
{
    private const int BrokenPipe = 32;

    private volatile bool _isChanging;
    private bool _isOutputLost;

    public TextReader Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>People look at the output, so it may be coloured and change under their eyes.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>The value of an environment variable; null: it is not set.</summary>
    public string? Variable(string name) => variable?.Invoke(name);

    /// <summary>Something is being changed, and Ctrl-C waits for it.</summary>
    public bool IsChanging => _isChanging;

    public static bool IsBrokenPipe(Exception e) => e.HResult == BrokenPipe;

    public static string Lost(Exception e) => $"raft: standard output takes nothing more: {e.Message}";

    /// <summary>
    /// Says what became of a request, at once. It has become that whoever reads it: where the pipe is broken or the disk behind it full,
    /// the exit code tells it, and what is still to be done is done.
    /// </summary>
    public void Say(Action<TextWriter> write)
    {
        try
        {
            write(output);
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A closed one is what the runtime has opened in its place, and only reads.
            if (!_isOutputLost && e is IOException && !IsBrokenPipe(e))
            {
                error.WriteLine(Lost(e));
            }

            _isOutputLost = true;
        }
    }

    /// <summary>Changes something. It may be cut off by a crash at any point, and needs not be by a person.</summary>
    public T Change<T>(Func<T> change)
    {
        _isChanging = true;
        try
        {
            return change();
        }
        finally
        {
            _isChanging = false;
        }
    }
}
