using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting.Tests;

/// <summary>Keeps the log entries of one host. For one test at a time.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>();
    private readonly List<Entry> _read = [];

    public ILogger CreateLogger(string categoryName) => new Logger(_entries.Writer);

    /// <summary>All entries so far.</summary>
    public IReadOnlyList<Entry> ReadAll()
    {
        while (_entries.Reader.TryRead(out var entry))
        {
            _read.Add(entry);
        }

        return _read;
    }

    /// <summary>Waits for such an entry, and skips those before it.</summary>
    public async Task<Entry> NextAsync(Predicate<Entry> isExpected)
    {
        using var guard = new CancellationTokenSource(Guard);
        while (true)
        {
            var entry = await _entries.Reader.ReadAsync(guard.Token);
            _read.Add(entry);
            if (isExpected(entry))
            {
                return entry;
            }
        }
    }

    public void Dispose()
    {
    }

    /// <param name="Properties">The values of the template's names, and those that the bridge of Akka's log adds.</param>
    public sealed record Entry(LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Properties)
    {
        public string? Template => Properties.GetValueOrDefault("{OriginalFormat}") as string;
    }

    private sealed class Logger(ChannelWriter<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.TryWrite(new Entry(
                logLevel,
                formatter(state, exception),
                (state as IEnumerable<KeyValuePair<string, object?>> ?? []).DistinctBy(each => each.Key).ToDictionary()));
    }
}
