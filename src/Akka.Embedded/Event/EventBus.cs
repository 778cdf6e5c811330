using System.Collections.Concurrent;

namespace Akka.Event;

/// <summary>
/// Publishes events by class. A subscriber of a class receives the events of that class and of its subclasses. Any thread may call
/// it. A concurrent publication sees a whole subscription or none of it.
/// </summary>
public abstract class EventBus<TEvent, TClassifier, TSubscriber>
    where TClassifier : notnull
{
    private readonly Lock _lock = new();
    private (TSubscriber Subscriber, TClassifier Classifier)[] _subscriptions = [];

    /// <summary>The receivers for each class of event. Replaced whenever a subscription changes.</summary>
    private ConcurrentDictionary<TClassifier, TSubscriber[]> _receivers = new();

    private protected EventBus()
    {
    }

    /// <returns>Whether the subscription is new.</returns>
    public virtual bool Subscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_lock)
        {
            if (_subscriptions.Contains((subscriber, classifier)))
            {
                return false;
            }

            _subscriptions = [.. _subscriptions, (subscriber, classifier)];
            _receivers = new ConcurrentDictionary<TClassifier, TSubscriber[]>();
            return true;
        }
    }

    /// <returns>Whether a subscription was removed.</returns>
    public virtual bool Unsubscribe(TSubscriber subscriber) =>
        Remove(one => EqualityComparer<TSubscriber>.Default.Equals(one.Subscriber, subscriber));

    public virtual bool Unsubscribe(TSubscriber subscriber, TClassifier classifier) =>
        Remove(one => one.Equals((subscriber, classifier)));

    public virtual void Publish(TEvent @event)
    {
        var classifier = GetClassifier(@event);
        if (!_receivers.TryGetValue(classifier, out var receivers))
        {
            lock (_lock)
            {
                // Under the lock, so that the filled dictionary matches the subscriptions that were read.
                receivers = _receivers.GetOrAdd(classifier, ReceiversOf);
            }
        }

        foreach (var receiver in receivers)
        {
            Publish(@event, receiver);
        }
    }

    protected abstract TClassifier GetClassifier(TEvent @event);

    protected abstract bool IsSubClassification(TClassifier parent, TClassifier child);

    protected abstract void Publish(TEvent @event, TSubscriber subscriber);

    private bool Remove(Predicate<(TSubscriber Subscriber, TClassifier Classifier)> condition)
    {
        lock (_lock)
        {
            // Every actor that ends calls this, and few have a subscription. Without this check, each would discard the receivers.
            if (!Array.Exists(_subscriptions, condition))
            {
                return false;
            }

            _subscriptions = Array.FindAll(_subscriptions, one => !condition(one));
            _receivers = new ConcurrentDictionary<TClassifier, TSubscriber[]>();
            return true;
        }
    }

    private TSubscriber[] ReceiversOf(TClassifier classifier) =>
        [.. _subscriptions.Where(one => IsSubClassification(one.Classifier, classifier)).Select(one => one.Subscriber).Distinct()];
}
