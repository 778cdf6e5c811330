using System.Globalization;

namespace RaftActors.Cli.Server;

/// <summary>
/// What a server writes: what the group has it write on standard output, what it does itself on standard error. Each a line with date and
/// time, whole, whoever writes beside it. Who reads may go away; the server goes on.
/// </summary>
internal sealed class ServerTerminal(TextWriter output, TextWriter error, TimeProvider clock)
{
    private readonly Lock _lock = new();

    /// <summary>On standard output.</summary>
    public void Announce(string text) => Write(output, text);

    /// <summary>On standard error.</summary>
    public void Log(string text) => Write(error, text);

    private void Write(TextWriter writer, string text)
    {
        lock (_lock)
        {
            var now = clock.GetLocalNow().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);
            try
            {
                writer.WriteLine($"{now} {Printable.Of(text)}");
                writer.Flush();
            }
            catch (IOException)
            {
                // The pipe is broken, or the disk behind it full. What was to be read is in the log all the same.
            }
        }
    }
}
