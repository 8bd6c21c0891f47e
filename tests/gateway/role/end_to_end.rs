//! From a constrained UE to the reference network.

use super::*;

/// A constrained UE on L3, the gateway role, a client, TLS, and the reference network; and back.
#[test]
fn a_constrained_ue_and_the_network_talk_through_a_client() {
    use msgin5g::client::Reports;
    use msgin5g_testnet::EventKind;

    let network = network(msgin5g_testnet::Config {
        echo: vec!["echo-1@iot.example".to_owned()],
        ..msgin5g_testnet::Config::default()
    });
    let us = UeServiceId::new(METER.service_id).unwrap();
    let mut gateway: Gateway<'_, 2, 4> = Gateway::new(us, Limits::default());
    let written = |message: &LocalMessage<'_>| {
        let mut out = vec![0; 1024];
        let len = message.encode_l3(&CODINGS, &mut out).unwrap();
        out.truncate(len);
        out
    };
    // Octets of the lock, one message each.
    let registration = written(&registration(1));
    let message = written(&LocalMessage::Sending(Sending {
        target: Target {
            address: "echo-1@iot.example",
            kind: None,
        },
        ..sending(1)
    }));

    let by_application =
        |config: &mut msgin5g::client::Config<'_>| config.reports = Reports::ByApplication;
    with_configured(&network, METER, by_application, |meter| {
        let read = LocalMessage::decode_l3(&registration, &CODINGS).unwrap();
        gateway.from_application(LOCK, &read, 0).unwrap();
        let read = LocalMessage::decode_l3(&message, &CODINGS).unwrap();
        let up = gateway.from_application(LOCK, &read, 0).unwrap();
        let (outgoing, uuid) = up.outgoing().unwrap();
        meter.client.send_as(&outgoing, uuid).unwrap();

        // The report and the echo come in any order; both go to the lock.
        let (mut reported, mut echoed) = (None, None);
        while reported.is_none() || echoed.is_none() {
            meter.until(|event| {
                match event {
                    Event::Report(report) => {
                        let (link, down) = gateway.deliver_report(report, 0).unwrap();
                        assert_eq!(link, LOCK);
                        reported = Some(written(&down));
                    }
                    Event::Message { msg, report } => {
                        let (link, down) = gateway.deliver(msg, *report, 0).unwrap();
                        assert_eq!(link, LOCK);
                        echoed = Some(written(&down));
                    }
                    _ => return None,
                }
                Some(())
            });
        }
        let (reported, echoed) = (reported.unwrap(), echoed.unwrap());
        let Ok(LocalMessage::ReportDelivery(report)) = LocalMessage::decode_l3(&reported, &CODINGS)
        else {
            panic!("a report");
        };
        assert_eq!(
            (report.message_id, report.status),
            (id(1), Outcome::Success)
        );
        let Ok(LocalMessage::Delivery(echo)) = LocalMessage::decode_l3(&echoed, &CODINGS) else {
            panic!("a message");
        };
        assert_eq!(
            (echo.originator, echo.payload),
            ("echo-1@iot.example", "echo: door open")
        );
        assert!(echo.report_wanted);

        // The lock reports on the echo, and the network hears of it.
        let report = LocalMessage::ReportSending(ReportSending {
            target: echo.originator,
            message_id: echo.message_id,
            status: Outcome::Success,
            failure_cause: None,
        });
        let Ok(Upward::Report { report, ticket }) = gateway.from_application(LOCK, &report, 0)
        else {
            panic!("a report");
        };
        meter
            .client
            .report(ticket.unwrap(), report.status, report.failure_cause)
            .unwrap();
        meter.flush();
        network
            .wait_for(|event| matches!(&event.kind, EventKind::Report { from, .. } if from == METER.service_id))
            .expect("the lock's report");
    });
}
