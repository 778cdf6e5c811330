using System.Threading.Channels;

using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting.Tests;

/// <summary>Keeps the log entries of one host. For one test at a time.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>();
    private readonly List<Entry> _read = [];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _entries.Writer);

    /// <summary>Waits for such an entry, which may have been written before.</summary>
    public async Task<Entry> FindAsync(Predicate<Entry> isExpected)
    {
        if (_read.Find(isExpected) is { } found)
        {
            return found;
        }

        using var guard = new CancellationTokenSource(HostedNode.Guard);
        do
        {
            _read.Add(await _entries.Reader.ReadAsync(guard.Token));
        }
        while (!isExpected(_read[^1]));
        return _read[^1];
    }

    public void Dispose()
    {
    }

    public sealed record Entry(string Category, LogLevel Level, int Id, string Text);

    private sealed class Logger(string category, ChannelWriter<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.TryWrite(new Entry(category, logLevel, eventId.Id, formatter(state, exception)));
    }
}
