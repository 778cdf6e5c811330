using System.Text;

using Microsoft.Win32.SafeHandles;

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

    private const int BufferSize = 1 << 16;
    private const int BrokenPipe = 32;

    public static int Run(string[] arguments)
    {
        using var stream = StandardOutput();
        var output = new StreamWriter(stream, new UTF8Encoding(false), BufferSize);
        var surroundings = new Surroundings(Console.In, output, Console.Error);
        Console.CancelKeyPress += (_, press) => press.Cancel = surroundings.IsChanging;
        try
        {
            var code = Run(arguments, surroundings);
            output.Flush();
            return code;
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return Fine; // Whoever read us has seen enough, as 'head' does.
        }
    }

    public static int Run(string[] arguments, Surroundings surroundings)
    {
        var parsed = CommandLine.Build(surroundings).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                surroundings.Error.WriteLine($"raft: {error.Message}");
            }

            surroundings.Error.WriteLine("'raft --help', and --help after each command, say how it is used.");
            return Usage;
        }

        try
        {
            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, Output = surroundings.Output, Error = surroundings.Error });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e.HResult != BrokenPipe)
        {
            surroundings.Output.Flush();
            surroundings.Error.WriteLine($"raft: {e.Message}");
            return Wrong;
        }
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
internal sealed class Surroundings(TextReader input, TextWriter output, TextWriter error)
{
    private volatile bool _isChanging;

    public TextReader Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Something is being changed, and Ctrl-C waits for it.</summary>
    public bool IsChanging => _isChanging;

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
