using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Server;

/// <summary>
/// Writes a server's lines: announcements of the group to standard output, the server's own log to standard error. Each line has the local
/// date and time. Thread-safe. A reader that goes away does not stop the server.
/// </summary>
internal sealed class ServerTerminal(TextWriter output, TextWriter error, TimeProvider clock)
{
    private readonly Lock _lock = new();

    /// <summary>Writes a line to standard output.</summary>
    public void Announce(string text) => Write(output, text);

    /// <summary>Writes a line to standard error.</summary>
    public void Log(string text) => Write(error, text);

    private void Write(TextWriter writer, string text)
    {
        lock (_lock)
        {
            var now = clock.GetLocalNow().ToString("yyyy/MM/dd HH:mm:ss");
            try
            {
                writer.WriteLine($"{now} {Printable.Of(text)}");
                writer.Flush();
            }
            catch (IOException)
            {
                // The pipe is broken, or the disk of the file is full. The messages are in the log all the same.
            }
        }
    }
}
