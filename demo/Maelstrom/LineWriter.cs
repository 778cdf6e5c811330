using System.Text;
using System.Threading.Channels;

namespace Maelstrom;

/// <summary>
/// Writes lines to a stream on a task of its own, so that a full pipe holds up no engine. If very many lines wait, further ones are lost,
/// as by a network. Thread-safe.
/// </summary>
internal sealed class LineWriter : IAsyncDisposable
{
    private const int MaxWaiting = 100_000;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Task _writing;

    public LineWriter(Stream stream) => _writing = WriteAllAsync(stream);

    public void Write(string line) => _lines.Writer.TryWrite(line);

    /// <summary>Writes the lines that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.Complete();
        await _writing;
    }

    private async Task WriteAllAsync(Stream stream)
    {
        await Task.Yield();
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        try
        {
            while (await _lines.Reader.WaitToReadAsync())
            {
                while (_lines.Reader.TryRead(out var line))
                {
                    writer.WriteLine(line);
                }

                await writer.FlushAsync();
            }
        }
        catch (IOException e)
        {
            // Maelstrom has ended. The end of the input follows.
            Console.Error.WriteLine($"Maelstrom: standard output was closed: {e.Message}");
        }
    }
}
