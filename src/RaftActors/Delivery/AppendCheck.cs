using RaftActors.Values;

namespace RaftActors.Delivery;

/// <summary>
/// Explains why a pair must not be appended. Once committed, a pair that the actors cannot handle would stop all of them. Thread-safe, if
/// the function of the options is.
/// </summary>
/// <param name="findFault">The function of the options. Without it, each value that can be read may be appended.</param>
/// <param name="isOfOperators">The other function of the options.</param>
/// <param name="logic">The logic version of the group, as this process knows it.</param>
/// <param name="isOlder">Tells whether a member has a program with a higher logic version than this one's.</param>
internal sealed class AppendCheck<TValue>(
    ValueCodec<TValue> values,
    Func<string, TValue, string?>? findFault,
    Func<TValue, bool>? isOfOperators,
    Func<int> logic,
    Func<bool> isOlder)
{
    // A switch over command classes has no case for null, and its default would admit one. For object, every value is a command.
    private static readonly bool RefusesNull = !typeof(TValue).IsValueType && typeof(TValue) != typeof(object);

    // All values of a sealed type have this type, so its version is known at once.
    private static readonly bool MayNeedVersion = !typeof(TValue).IsSealed || SinceLogicVersionAttribute.Of(typeof(TValue)) > 1;

    public ValueCodec<TValue> Values => values;

    public RaftFailure? FindRefusal(string key, TValue value) => FindRefusalOf(key, value, mayOperate: true);

    /// <summary>Checks a pair of a client.</summary>
    public RaftFailure? FindRefusal(string key, ReadOnlyMemory<byte> value, bool mayOperate)
    {
        if (ValueCodec<TValue>.IsReminder(value.Span))
        {
            return RaftFailure.NotDone(FailureReason.Invalid, "The value is that of a reminder, which the leader alone appends.");
        }

        TValue? read = default;
        var isSeen = findFault is not null || isOfOperators is not null || MayNeedVersion;
        var fault = isSeen ? values.FindFault(value, out read) : values.FindFault(value);
        return fault is null
            ? FindRefusalOf(key, read!, mayOperate) // Justification: null is a value of its type, or nothing looks at it.
            : isOlder()
            ? RaftFailure.NotDone(
                FailureReason.NotYet,
                $"An older program leads, and cannot read the value. {fault} Append it when all nodes have the new program.")
            : RaftFailure.NotDone(
                FailureReason.Invalid,
                $"The actors of the group cannot read the value. {fault} Create the client with the type of values, and the codec, of the "
                + "actors.");
    }

    private RaftFailure? FindRefusalOf(string key, TValue value, bool mayOperate)
    {
        if (MayNeedVersion && value is not null && SinceLogicVersionAttribute.Of(value.GetType()) is var since && since > logic())
        {
            return RaftFailure.NotDone(
                FailureReason.NotYet,
                $"The group has logic version {logic()}, and {value.GetType().Name} needs {since}. Append it when all nodes have the new "
                + "program.");
        }

        string? fault;
        var asked = nameof(RaftOptions<>.IsOfOperators);
        try
        {
            if (!mayOperate && isOfOperators?.Invoke(value) == true)
            {
                return RaftFailure.NotDone(
                    FailureReason.Unauthorized,
                    "Only an operator may append this value, by a connection of its own to the leader. Give the client the role 'operator' "
                    + "in raft.security.");
            }

            asked = nameof(RaftOptions<>.FindFault);
            fault = findFault is null ? null
                : value is null && RefusesNull ? $"The value is null, which {asked} of the actors never admits."
                : findFault(key, value);
        }
        catch (Exception e)
        {
            fault = $"{asked} threw {FailureText.Of(e)}";
        }

        return fault is null ? null : RaftFailure.NotDone(FailureReason.Invalid, fault);
    }
}
