using Akka.Actor;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.Reminders;
using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence;

/// <summary>
/// Messages for any actor of the cluster at a time, once or again and again. They survive restarts of every node, and each is told until
/// the actor answers, so at least once. A raft group keeps them; the nodes of <c>raft.nodes</c> run a process of it. Thread-safe.
/// </summary>
public sealed class RaftReminders : IExtension
{
    private readonly RaftClient<ReminderCommand, string> _client;
    private readonly Payloads _payloads;
    private readonly TimeSpan _timeout;

    private RaftReminders(RaftClient<ReminderCommand, string> client, Payloads payloads, TimeSpan timeout) =>
        (_client, _payloads, _timeout) = (client, payloads, timeout);

    /// <summary>
    /// Returns the reminders of an actor system. The first call starts the process of this node. Call it at the start of each node, because
    /// a majority of the processes must run.
    /// </summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static RaftReminders Get(ActorSystem system) => system.WithExtension<RaftReminders, RaftRemindersProvider>();

    /// <summary>
    /// Schedules a message, in place of one with the same key. It is told when it is due by the wall clock of the leader, and again after
    /// <c>raft-persistence.reminder-retry</c> and after growing pauses, until the actor answers.
    /// </summary>
    /// <param name="key">The name of the reminder in the cluster, of 1 to 100 characters.</param>
    /// <param name="to">
    /// The path of the receiver. Without an address, such as <c>/user/billing</c>, it is the actor on the node that leads the group: start
    /// one, or its proxy, on each node of <c>raft.nodes</c>. <c>/system/sharding/cart</c> is the region of a type of entities. With an
    /// address it is an actor of that node.
    /// </param>
    /// <param name="message">
    /// The message, which needs a serializer. The actor answers its sender, with any message but <see cref="Status.Failure"/>: then the
    /// message is not told again. It may come more than once.
    /// </param>
    /// <param name="at">When it is due. A time that has passed is due now.</param>
    /// <param name="every">
    /// The period, at least a second. The next time counts from the last one, after the answer; times that passed meanwhile are left out.
    /// Null: once.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The reminder may be set.</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or the path is none.</exception>
    /// <exception cref="RaftException">It was refused, or no outcome came within <c>raft-persistence.call-timeout</c>.</exception>
    public Task ScheduleAsync(
        string key,
        string to,
        object message,
        DateTimeOffset at,
        TimeSpan? every = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, ReminderActor.KeyLengthMax, nameof(key));
        ArgumentException.ThrowIfNullOrEmpty(to);
        ArgumentNullException.ThrowIfNull(message);
        if (every is { } period)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromSeconds(1), nameof(every));
        }

        if (to[0] != '/' && !ActorPath.TryParse(to, out _))
        {
            throw new ArgumentException(
                $"'{to}' is no path of an actor. Use one as /user/billing or akka.tcp://shop@node1:2551/user/billing.", nameof(to));
        }

        Plan plan = new(to, _payloads.WriteSnapshot(message), at.ToUniversalTime(), every);
        return ChangeAsync(key, new ReminderCommand.Schedule(plan), cancellationToken);
    }

    /// <summary>Forgets a reminder. A message that was sent may still arrive.</summary>
    /// <returns>False: there was none.</returns>
    /// <exception cref="RaftException">No outcome came within <c>raft-persistence.call-timeout</c>.</exception>
    public async Task<bool> CancelAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var outcome = await _client.AppendAsync(key, new ReminderCommand.Cancel(), _timeout, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return ResultOf(outcome).Length == 0;
    }

    /// <summary>Returns when a reminder is due, or null if there is none.</summary>
    /// <exception cref="RaftException">No answer came within <c>raft-persistence.call-timeout</c>.</exception>
    public async Task<ScheduledReminder?> FindAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var outcome = await _client.QueryAsync<byte[]>(key, _timeout, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (outcome.Result.Length == 0)
        {
            return null;
        }

        var plan = Binary.Read(outcome.Result, ReminderCodec.ReadPlan);
        return new ScheduledReminder(plan.To, plan.Due, plan.Every, plan.Attempts);
    }

    internal static RaftReminders Start(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(RaftPersistence.DefaultConfig());
        var config = system.Settings.Config;
        var settings = PersistenceSettings.Read(config);
        var raft = Raft.Get(system);
        Payloads payloads = new(system);
        if (PersistenceSettings.HasProcess(config, settings.Reminders, raft.Node))
        {
            system.SystemActorOf(
                Props.Create(() => new ReminderActor(
                    settings.Reminders, settings.ReminderRetry, bytes => payloads.ReadSnapshot(bytes.ToArray()))),
                $"raft-{settings.Reminders}");
        }

        var client = raft.CreateClient<ReminderCommand, string>(
            settings.Reminders, PersistenceSettings.ContactsOf(config, settings.Reminders), ReminderCodec.Instance);
        return new RaftReminders(client, payloads, settings.CallTimeout);
    }

    private async Task ChangeAsync(string key, ReminderCommand command, CancellationToken cancellation)
    {
        var outcome = await _client.AppendAsync(key, command, _timeout, cancellationToken: cancellation).ConfigureAwait(false);
        if (ResultOf(outcome) is { Length: > 0 } refusal)
        {
            throw new RaftException(new RaftFailure(FailureKind.NotDone, FailureReason.Discarded, refusal));
        }
    }

    private static string ResultOf(Outcome<string> outcome) => outcome.HasResult ? outcome.Result : throw new RaftException(
        outcome.Failure ?? new RaftFailure(
            FailureKind.Unknown, FailureReason.Forgotten, "It is unknown whether the reminder was changed. Find it, and change it again."));
}

/// <summary>A reminder of the cluster.</summary>
/// <param name="To">The path of the receiver.</param>
/// <param name="Due">When it is due, or was due and is told until its receiver answers.</param>
/// <param name="Every">The period; null: it is told once.</param>
/// <param name="Attempts">How often it was told for this time.</param>
public sealed record ScheduledReminder(string To, DateTimeOffset Due, TimeSpan? Every, int Attempts);

internal sealed class RaftRemindersProvider : ExtensionIdProvider<RaftReminders>
{
    public override RaftReminders CreateExtension(ExtendedActorSystem system) => RaftReminders.Start(system);
}
