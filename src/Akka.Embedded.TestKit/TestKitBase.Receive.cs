using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Akka.TestKit;

/// <content>Receives messages without expectations about them.</content>
public abstract partial class TestKitBase
{
    /// <summary>Returns the next message, or null if none arrives in time.</summary>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Finished(ReceiveOne(true, max, cancellationToken));

    public ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        ReceiveOne(false, max, cancellationToken);

    public bool TryReceiveOne(
        [NotNullWhen(true)] out MessageEnvelope? envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        envelope = Finished(Receive(true, RemainingOrDilated(max), cancellationToken));
        return envelope is not null;
    }

    /// <summary>Receives this many messages, in order of arrival, within the given time in total.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Finished(ReceiveN(true, numberOfMessages, RemainingOrDefault, cancellationToken));

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Finished(ReceiveN(true, numberOfMessages, Dilated(max), cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Enumerate(ReceiveN(false, numberOfMessages, RemainingOrDefault, cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Enumerate(ReceiveN(false, numberOfMessages, Dilated(max), cancellationToken));

    /// <summary>Discards messages until one of the type fulfils the condition.</summary>
    public T FishForMessage<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Finished(Fish(true, isMessage, null, max, hint, cancellationToken));

    /// <param name="allMessages">Is cleared, then filled with the discarded messages.</param>
    public T FishForMessage<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) => Finished(Fish(true, isMessage, allMessages, max, hint, cancellationToken));

    public object FishForMessage(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Finished(Fish(true, isMessage, null, max, hint, cancellationToken));

    public ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Fish(false, isMessage, null, max, hint, cancellationToken);

    public ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) => Fish(false, isMessage, allMessages, max, hint, cancellationToken);

    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        Fish(false, isMessage, null, max, hint, cancellationToken);

    private async ValueTask<MessageEnvelope?> Receive(bool blocks, TimeSpan max, CancellationToken cancellationToken)
    {
        _lastWasNoMsg = false;
        var envelope = await _queue.Take(blocks, max, cancellationToken);
        _last = envelope ?? _last;
        return envelope;
    }

    private async ValueTask<object?> ReceiveOne(bool blocks, TimeSpan? max, CancellationToken cancellationToken) =>
        (await Receive(blocks, RemainingOrDilated(max), cancellationToken))?.Message;

    private async ValueTask<IReadOnlyList<object>> ReceiveN(bool blocks, int count, TimeSpan max, CancellationToken cancellationToken)
    {
        var end = Now + max;
        var received = new List<object>();
        while (received.Count < count)
        {
            if (await Receive(blocks, Until(end), cancellationToken) is not { } envelope)
            {
                throw Failure($"expected {count} messages, but only {received.Count} came within {max}: {List(received)}");
            }

            received.Add(envelope.Message!);
        }

        return received;
    }

    private async ValueTask<T> Fish<T>(
        bool blocks, Predicate<T> isMessage, ArrayList? all, TimeSpan? max, string hint, CancellationToken cancellationToken)
    {
        var duration = RemainingOrDilated(max);
        var end = Now + duration;
        var others = new List<object>();
        all?.Clear();
        while (true)
        {
            if (await Receive(blocks, Until(end), cancellationToken) is not { } envelope)
            {
                throw Failure($"{Hint(hint)}expected {Special<T>()}, but only others came within {duration}: {List(others)}");
            }

            if (envelope.Message is T message && isMessage(message))
            {
                return message;
            }

            others.Add(envelope.Message!);
            all?.Add(envelope.Message);
        }
    }

    /// <summary>Returns the time left until then, at least zero. With zero, a message that has arrived is still received.</summary>
    private static TimeSpan Until(TimeSpan end) => end - Now is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static string List(IEnumerable<object> messages) =>
        string.Join(", ", messages.Select(Quoted)) is { Length: > 0 } list ? list : "none";

    private static async IAsyncEnumerable<T> Enumerate<T>(ValueTask<IReadOnlyList<T>> messages)
    {
        foreach (var message in await messages)
        {
            yield return message;
        }
    }
}
