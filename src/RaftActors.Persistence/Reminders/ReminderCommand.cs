using System.Buffers;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Reminders;

/// <summary>A change of the group of reminders. The key of its pair is the key of the reminder.</summary>
internal abstract record ReminderCommand
{
    /// <summary>Sets a reminder, in place of one with the same key.</summary>
    public sealed record Schedule(Plan Plan) : ReminderCommand;

    /// <summary>Forgets a reminder.</summary>
    public sealed record Cancel : ReminderCommand;

    /// <summary>The receiver has answered. An answer to an earlier occurrence, or to a reminder that was set anew, does nothing.</summary>
    /// <param name="Number">The serial of the pair that set the reminder.</param>
    /// <param name="Due">The time for which it was due.</param>
    public sealed record Acknowledge(long Number, DateTimeOffset Due) : ReminderCommand;

    /// <summary>The value of a reminder of the kernel: the reminder with the key of the pair is due, or due again.</summary>
    public sealed record Tell : ReminderCommand;
}

/// <summary>What is told, to whom, and when.</summary>
/// <param name="To">The path of the receiver.</param>
/// <param name="Message">The bytes of the message, with its serializer.</param>
/// <param name="Due">When it is told next, for the first time.</param>
/// <param name="Every">Null: once.</param>
internal sealed record Plan(string To, ReadOnlyMemory<byte> Message, DateTimeOffset Due, TimeSpan? Every)
{
    /// <summary>The serial of the pair that set it.</summary>
    public long Number { get; init; }

    /// <summary>How often this occurrence was told.</summary>
    public int Attempts { get; init; }

    public int Size => To.Length + Message.Length;
}

/// <summary>
/// The bytes of commands in the log, and of plans in snapshots. A later version of the program must read them, so a new form of a command
/// gets a new kind.
/// </summary>
internal sealed class ReminderCodec : RaftCodec<ReminderCommand>
{
    private enum Kind : byte
    {
        Schedule = 1,
        Cancel = 2,
        Acknowledge = 3,
        Tell = 4,
    }

    public static ReminderCodec Instance { get; } = new();

    public override void Encode(ReminderCommand value, IBufferWriter<byte> output) => output.Write(Binary.Write(writer =>
    {
        switch (value)
        {
            case ReminderCommand.Schedule { Plan: var plan }:
                writer.Write((byte)Kind.Schedule);
                Write(writer, plan);
                break;
            case ReminderCommand.Cancel:
                writer.Write((byte)Kind.Cancel);
                break;
            case ReminderCommand.Acknowledge(var number, var due):
                writer.Write((byte)Kind.Acknowledge);
                writer.Write(number);
                writer.Write(due.UtcTicks);
                break;
            case ReminderCommand.Tell:
                writer.Write((byte)Kind.Tell);
                break;
        }
    }));

    public override ReminderCommand Decode(ReadOnlySpan<byte> bytes) => Binary.Read<ReminderCommand>(
        bytes.ToArray(),
        reader => (Kind)reader.ReadByte() switch
        {
            Kind.Schedule => new ReminderCommand.Schedule(ReadPlan(reader)),
            Kind.Cancel => new ReminderCommand.Cancel(),
            Kind.Acknowledge => new ReminderCommand.Acknowledge(reader.ReadInt64(), ReadTime(reader)),
            Kind.Tell => new ReminderCommand.Tell(),
            var other => throw new InvalidDataException(
                $"{(byte)other} is no kind of a command of the reminders. Update RaftActors.Persistence on this node."),
        });

    public static void Write(BinaryWriter writer, Plan plan)
    {
        writer.Write(plan.To);
        writer.WriteBlock(plan.Message.Span);
        writer.Write(plan.Due.UtcTicks);
        writer.Write(plan.Every?.Ticks ?? 0);
        writer.Write(plan.Number);
        writer.Write(plan.Attempts);
    }

    public static Plan ReadPlan(BinaryReader reader)
    {
        Plan plan = new(
            reader.ReadString(),
            reader.ReadBlock(),
            ReadTime(reader),
            reader.ReadInt64() is > 0 and var ticks ? new TimeSpan(ticks) : null);
        return plan with { Number = reader.ReadInt64(), Attempts = reader.ReadInt32() };
    }

    private static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);
}
