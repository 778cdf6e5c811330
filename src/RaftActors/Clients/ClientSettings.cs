using System.Collections.Immutable;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Core.Codec;
using RaftActors.Sessions;
using RaftActors.Settings;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Clients;

/// <summary>The settings of one client.</summary>
/// <param name="Contacts">The nodes to ask for the group, besides the own one.</param>
/// <param name="PendingMax">The maximum number of open Appends.</param>
/// <param name="AttemptTimeout">The time of silence after which a call is sent again.</param>
/// <param name="SubscriptionWindow">The maximum number of pairs that a subscription fetches ahead of its reader.</param>
/// <param name="CloseTimeout">The time that a disposed client gives to Appends that were sent.</param>
internal sealed record ClientSettings(
    string Group,
    ImmutableArray<Address> Contacts,
    int PendingMax,
    TimeSpan AttemptTimeout,
    TimeSpan CloseTimeout,
    int SubscriptionWindow,
    RequestSettings Requests,
    LimitSettings Limits)
{
    /// <param name="root">The whole configuration.</param>
    /// <param name="contacts">Null: the configuration has them.</param>
    /// <exception cref="ArgumentException">The name of the group has half a surrogate pair.</exception>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static ClientSettings Read(Config root, string group, IReadOnlyList<string>? contacts = null)
    {
        var raft = SettingTable.OfRaft.In(root);

        // Without this, no call to such a group could be written.
        _ = StrictText.SizeOf(group);
        GroupName.Demand(group);
        var own = raft.GetConfig("groups")?.GetConfig(group)?.WithFallback(raft) ?? raft;
        return new ClientSettings(
            group,
            ReadContacts(own, contacts),
            own.ReadNumber("client.pending-max"),
            SessionAppend.Limit(own.ReadTime("client.attempt-timeout")),
            SessionAppend.Limit(own.ReadTime("client.close-timeout")),
            own.ReadNumber("client.subscription-window"),
            new(own),
            new(own));
    }

    /// <param name="raft">The settings of <c>raft</c>, or those of a group.</param>
    /// <param name="contacts">Null: the configuration has them.</param>
    /// <exception cref="RaftConfigurationException">A contact is wrong.</exception>
    public static ImmutableArray<Address> ReadContacts(Config raft, IReadOnlyList<string>? contacts) =>
        [.. (contacts ?? raft.ReadList("client.contacts")).Select(contact => ToAddress(contact, RaftAddress.IsUsedIn(raft)))];

    // "host:port", also behind the "@" of an address of Akka. With raft.address = node the name of a node.
    private static Address ToAddress(string contact, bool isAtName)
    {
        if (isAtName)
        {
            return RaftAddress.Of(contact)
                ?? throw new RaftConfigurationException($"raft.client.contacts is wrong. {RaftAddress.WhyNone(contact)}");
        }

        var address = NodeAddress.Of(contact[(contact.IndexOf('@') + 1)..], RaftAddress.OfClient);
        Demand(
            address is not null,
            $"raft.client.contacts names '{contact}', which is no address. Write host:port, the address of a node.");
        return RaftAddress.WithoutSystem(address!); // Justification: just demanded.
    }
}
