using System.Collections.Immutable;

namespace RaftActors.Delivery;

/// <summary>What a restarted actor repeats, and so may fail at again.</summary>
/// <param name="Callback">The callback. HandleAppend also stands for HandleSerial, because either of them delivers the pair.</param>
/// <param name="Serial">
/// The serial of the pair, of the first pair behind the upgrade, of the first missing pair, or the last one of the snapshot. Zero: a notice
/// of a peer, the quorum or the leader, which precedes all of them.
/// </param>
/// <param name="IsNew">
/// A pair that an as-committed learner gets ahead of those it lacks. The next life begins with a later one, so all of them are one place.
/// </param>
internal readonly record struct DeliveryPlace(string Callback, Serial Serial, bool IsNew = false)
{
    public bool IsNotice => Serial == Serial.Zero;

    public static DeliveryPlace OfPair(Serial serial) => new("HandleAppend", serial);

    /// <summary>Tells whether one of these places is at this pair. A loop, because it is asked for each pair.</summary>
    public static bool Has(ImmutableArray<DeliveryPlace> places, Serial serial, bool isNew = false)
    {
        foreach (var place in places)
        {
            if (place.IsNew ? isNew : place.Serial == serial)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether a life that begins with the one repeats the other.</summary>
    public bool IsSame(DeliveryPlace other) => this == other || (IsNew && other.IsNew);

    /// <summary>Returns the place of a step, or null if no restarted actor repeats it.</summary>
    public static DeliveryPlace? Of(DeliveryStep? step) => step switch
    {
        DeliveryStep.Append append => OfPair(append.Pair.Serial) with { IsNew = append.IsNew },
        DeliveryStep.Answer answer => OfPair(answer.Pair.Serial),
        DeliveryStep.Upgrade upgrade => new(upgrade.Callback, upgrade.Next),
        DeliveryStep.Missing missing => new(missing.Callback, missing.Gap.First),
        DeliveryStep.Restore restore => new(restore.Callback, restore.Serial),
        DeliveryStep.PeerMet or DeliveryStep.QuorumChanged or DeliveryStep.LeaderChanged => new(step.Callback, Serial.Zero),
        _ => null,
    };
}
