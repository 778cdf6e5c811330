using System.Text;

using Akka.Actor;
using Akka.Event;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Reminders;

/// <summary>
/// One process of the group that keeps the reminders of a cluster. The process that leads tells a message when it is due, and again after
/// growing pauses until it has an answer, which becomes a pair. Each pause is a reminder of the kernel, so the next leader goes on with it.
/// </summary>
internal sealed class ReminderActor : RaftActor<ReminderCommand, string>, IRaftSnapshot<byte[]>
{
    /// <summary>The most reminders, which is the bound of the kernel.</summary>
    public const int CountMax = 100_000;

    /// <summary>The most bytes of messages and paths of all reminders.</summary>
    public const long SizeMax = 256 << 20;

    /// <summary>The most characters of a key.</summary>
    public const int KeyLengthMax = 100;

    // The kernel keeps 16 MiB of names and values of reminders, and one above them would hold the actors of the group at its pair. A value
    // has a few bytes.
    private const int KeyBytesMax = 16 << 20;
    private const int ValueSizeMax = 16;

    // The longest pause is 32 times the first one.
    private const int DoublingsMax = 5;

    private readonly SortedDictionary<string, Plan> _plans = new(StringComparer.Ordinal);
    private readonly TimeSpan _pause;
    private readonly Func<ReadOnlyMemory<byte>, object> _read;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _size;
    private int _keyBytes;

    /// <param name="pause">From the first time that a message is told without an answer to the second one.</param>
    /// <param name="read">Makes the message of its bytes.</param>
    public ReminderActor(string group, TimeSpan pause, Func<ReadOnlyMemory<byte>, object> read)
        : base(new RaftOptions<ReminderCommand> { Group = group, Name = group, Codec = ReminderCodec.Instance })
    {
        (_pause, _read) = (pause, read);
        Receive<Due>(Tell);
        Receive<Answered>(answered => Group.Append(answered.Key, answered.Acknowledge));
    }

    byte[] IRaftSnapshot<byte[]>.TakeSnapshot(Serial serial) => Binary.Write(writer =>
    {
        writer.Write(_plans.Count);
        foreach (var (key, plan) in _plans)
        {
            writer.Write(key);
            ReminderCodec.Write(writer, plan);
        }
    });

    void IRaftSnapshot<byte[]>.RestoreSnapshot(Serial serial, byte[] state)
    {
        _plans.Clear();
        (_size, _keyBytes) = (0, 0);
        Binary.Read(state, reader =>
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                Put(reader.ReadString(), ReminderCodec.ReadPlan(reader));
            }

            return true;
        });
    }

    protected override string HandleAppend(Entry<ReminderCommand> entry)
    {
        var key = entry.Key;
        var known = _plans.GetValueOrDefault(key);
        switch (entry.Value)
        {
            case ReminderCommand.Schedule { Plan: var plan }:
                if (WhyNot(key, plan) is { } refusal)
                {
                    return refusal;
                }

                Begin(key, plan with { Number = entry.Serial.Value, Attempts = 0 });
                return "";
            case ReminderCommand.Cancel when known is not null:
                End(key);
                return "";
            case ReminderCommand.Acknowledge(var number, var due) when known is not null && (known.Number, known.Due) == (number, due):
                if (known.Every is { } every)
                {
                    Begin(key, known with { Due = NextDue(due, every, entry.Time), Attempts = 0 });
                }
                else
                {
                    End(key);
                }

                return "";
            default:
                return "There is no such reminder.";
        }
    }

    protected override void HandleReminder(Entry<ReminderCommand> entry)
    {
        if (_plans.GetValueOrDefault(entry.Key) is not { } plan)
        {
            return;
        }

        var pause = _pause * (1 << Math.Min(plan.Attempts, DoublingsMax));
        Remind(entry.Key, pause, new ReminderCommand.Tell());
        plan = plan with { Attempts = plan.Attempts + 1 };
        _plans[entry.Key] = plan;
        if (Group.Leader is { IsSelf: true })
        {
            Self.Tell(new Due(entry.Key, plan, pause));
        }
    }

    protected override object HandleQuery(object question) => question is string key && _plans.TryGetValue(key, out var plan)
        ? Binary.Write(writer => ReminderCodec.Write(writer, plan))
        : Array.Empty<byte>();

    /// <summary>
    /// The first time after this one that is a multiple of the period from <paramref name="due"/>. What was missed meanwhile is left out.
    /// Times after the last date are that date, which never comes.
    /// </summary>
    internal static DateTimeOffset NextDue(DateTimeOffset due, TimeSpan every, DateTimeOffset now)
    {
        var periods = Math.Max(1, ((now - due).Ticks / every.Ticks) + 1);
        return periods <= (DateTimeOffset.MaxValue - due).Ticks / every.Ticks
            ? due.AddTicks(every.Ticks * periods)
            : DateTimeOffset.MaxValue;
    }

    private string? WhyNot(string key, Plan plan)
    {
        var before = _plans.GetValueOrDefault(key);
        return before is null && _plans.Count >= CountMax ? $"There are {CountMax} reminders already. Cancel those that are not needed."
            : before is null && _keyBytes + KeyBytesOf(key) > KeyBytesMax
                ? $"The keys of all reminders have {_keyBytes} bytes already, and {KeyBytesMax} are allowed. Cancel those that are not "
                    + "needed, or use shorter keys."
            : _size - (before?.Size ?? 0) + plan.Size > SizeMax
                ? $"All reminders have {_size} bytes already, and {SizeMax} are allowed. Cancel those that are not needed, or schedule "
                    + "smaller messages."
            : null;
    }

    private void Begin(string key, Plan plan)
    {
        Put(key, plan);
        Remind(key, plan.Due, new ReminderCommand.Tell());
    }

    private void Put(string key, Plan plan)
    {
        var before = _plans.GetValueOrDefault(key);
        _size += plan.Size - (before?.Size ?? 0);
        _keyBytes += before is null ? KeyBytesOf(key) : 0;
        _plans[key] = plan;
    }

    private static int KeyBytesOf(string key) => Encoding.UTF8.GetByteCount(key) + ValueSizeMax;

    private void End(string key)
    {
        _size -= _plans[key].Size;
        _keyBytes -= KeyBytesOf(key);
        _plans.Remove(key);
        Forget(key);
    }

    // A failure to answer is no message: the next pause tells it again.
    private void Tell(Due due)
    {
        object message;
        try
        {
            message = _read(due.Plan.Message);
        }
        catch (Exception cause)
        {
            _log.Error(
                cause,
                "The message of the reminder '{Key}' cannot be read. Give this node the serializer that it was written with.",
                due.Key);
            return;
        }

        var self = Self;
        Answered answered = new(due.Key, new ReminderCommand.Acknowledge(due.Plan.Number, due.Plan.Due));
        Context.ActorSelection(due.Plan.To).Ask<object>(message, due.Pause).ContinueWith(
            _ => self.Tell(answered),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    // Invariant: an answer counts until the message is told again. Without this, an actor that needs longer than the first pause would be
    // told without end.
    private sealed record Due(string Key, Plan Plan, TimeSpan Pause) : INoSerializationVerificationNeeded;

    private sealed record Answered(string Key, ReminderCommand.Acknowledge Acknowledge) : INoSerializationVerificationNeeded;
}
