namespace RaftActors.Cli.Server;

/// <summary>
/// Writes the announcements of the group to standard output, and the server's own log to standard error. Each line has the local date and
/// time. Thread-safe. A broken pipe does not stop the server.
/// </summary>
internal sealed class ServerTerminal(TextWriter output, TextWriter error, TimeProvider clock)
{
    private readonly Lock _lock = new();

    public void Announce(string text) => Write(output, text);

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
                // The pipe is broken, or the disk of the file is full. No message is lost, because the log has them all.
            }
        }
    }
}
