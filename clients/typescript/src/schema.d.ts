// Generated from openapi/exchange.json by `npm run update`; do not edit.
export interface paths {
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where tokens are issued, and how (RFC 8414) */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            grant_types_supported: string[];
                            issuer: string;
                            response_types_supported: string[];
                            token_endpoint: string;
                            token_endpoint_auth_methods_supported: string[];
                            token_endpoint_auth_signing_alg_values_supported: string[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/erasures/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Erase the details of a document, and where asked its content */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @default false */
                        destroysContent?: boolean;
                        /**
                         * Format: uuid
                         * @description Id of the sending.
                         */
                        envelope: string;
                        /** @description Law and decision by which it has to be erased; it is recorded and stays. */
                        legalBasis: string;
                        /** @description Code of the organisation that sent the document. */
                        organisation: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description How many details went, and whether the content went, with this request. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            erasedDetails: number;
                            isContentDestroyed: boolean;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/connection-tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the axis send a harmless document to an organisation of one’s own */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description One that the asking system receives for. */
                        organisation: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/connection-tests/{test}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the test came, each step with its time */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    test: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            acceptedAt: string;
                            documentId: string;
                            /** @description Null until then. */
                            doneAt: string | null;
                            /** @description Null until then. */
                            fetchedAt: string | null;
                            id: string;
                            organisation: string;
                            state: string;
                            /** @description The latest that the receiver reported: 01, 03 … */
                            status: string | null;
                            /** @description Null until then. */
                            statusAt: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits, in the order in which it should be fetched */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before, unchanged. */
                    after?: string;
                    kind?: "document" | "status";
                    limit?: number;
                    /** @description Instead of what waits: what was set aside, could not be stored, or was given back; oldest first. */
                    state?: "parked" | "failed" | "returned";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            deliveries: components["schemas"]["Delivery"][];
                            /** @description `after` of the next page; null on the last. */
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One delivery, whatever its state; looking is not fetching */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Delivery"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/attachments/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch: one attachment, decoded and unwrapped; the first is 1 */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    delivery: string;
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch: the edXML package, byte for byte as it was sent */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The package */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
                /** @description From a byte on (Range: bytes=N-) */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/marks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what became of a copy that was fetched: stored (done), or not storable (fail) */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        mark: "processing" | "done" | "fail";
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            receipt: string | null;
                            /** @enum {string} */
                            state: "waiting" | "sending" | "fetched" | "done" | "failed" | "parked" | "returned" | "recalled";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch: the fields of the message, and its attachments by number */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Message"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/recall-answers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer whoever takes a copy back: agree (15) or decline (16) */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description true: 15; false: 16. */
                        agree: boolean;
                        /**
                         * @description To decline a thu hồi: the technical reason.
                         * @default
                         */
                        text?: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/deliveries/{delivery}/redelivery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a copy that was set aside, or could not be stored, back into the list */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path: {
                    delivery: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Null where it was in the list already. */
                            receipt: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before, unchanged. */
                    after?: string;
                    documentId?: string;
                    kind?: "document" | "status";
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            envelopes: components["schemas"]["Envelope"][];
                            /** @description `after` of the next page; null on the last. */
                            next: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Send a document: fields, and files that were uploaded */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Names of annexes. */
                        annexes?: string[];
                        /** @description Earlier documents that this one answers. */
                        answers?: {
                            documentId: string;
                            notation?: string;
                            number?: string;
                            /**
                             * @description Who issued it.
                             * @example G12.18
                             */
                            organisation: string;
                            /**
                             * Format: date
                             * @example 2026-11-22
                             */
                            promulgatedOn?: string;
                        }[];
                        attachments: {
                            description?: string;
                            /** @description The file name of the upload where left out. */
                            name?: string;
                            /**
                             * Format: uuid
                             * @description A finished upload.
                             */
                            upload: string;
                        }[];
                        circulation?: string;
                        copies?: number;
                        /** @description Where left out: from,yyyy/MM/dd,number/notation (Decision 28/2018 Art. 10.2.b). */
                        documentId?: string;
                        /**
                         * Format: date
                         * @example 2026-11-22
                         */
                        dueOn?: string;
                        /**
                         * @description An organisation, in either form of its code.
                         * @example G12.18
                         */
                        from: string;
                        /** @example UBND-VX */
                        notation: string;
                        /** @example 2440 */
                        number: string;
                        /**
                         * Format: uuid
                         * @description A delivery that was received and is passed on: its sender sees how far it gets.
                         */
                        onwardOf?: string;
                        pages?: number;
                        place?: string;
                        /**
                         * @description 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ
                         * @default 0
                         */
                        priority?: number;
                        /**
                         * Format: date
                         * @description The date on the paper.
                         * @example 2026-11-22
                         */
                        promulgatedOn: string;
                        /** @description “Nơi nhận” as printed; says nothing about who gets it. */
                        recipientLines?: string[];
                        /** @description Thay thế (type 3). */
                        replacement?: {
                            documents: {
                                /** Format: uuid */
                                envelope: string;
                                /** @description Who had received it; `to` where left out. */
                                organisations?: string[];
                            }[];
                            reason: string;
                        };
                        signer?: {
                            /** @description TM., KT., TL., TUQ. … */
                            authority?: string;
                            name?: string;
                            position?: string;
                        };
                        /** @description Trích yếu */
                        subject: string;
                        summary?: string;
                        to: string[];
                        /**
                         * @description The type of document by its name.
                         * @default Công văn
                         */
                        typeName?: string;
                        typist?: string;
                        /** @description Cập nhật (type 2): takes the place of a copy that waits; else its holder is asked. */
                        update?: {
                            /** @default [] */
                            added?: string[];
                            /**
                             * @description False where only its receivers change.
                             * @default true
                             */
                            documentChanged?: boolean;
                            /**
                             * Format: uuid
                             * @description The sending that is updated.
                             */
                            envelope: string;
                            reason: string;
                            /** @default [] */
                            removed?: string[];
                        };
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One sending with its receipt and where each copy is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /**
                             * @description ISO 8601, UTC
                             * @example 2026-11-22T08:00:00.000Z
                             */
                            acceptedAt: string;
                            /** @description SHA-256 of the package, hex. */
                            digest: string;
                            documentId: string;
                            from: string;
                            /** @description UUID */
                            id: string;
                            /** @enum {string} */
                            kind: "document" | "status";
                            /** @description `after` of the next page; null on the last. */
                            nextRecipients: string | null;
                            notation: string | null;
                            number: string | null;
                            priority: number;
                            /** @description As written in the message. */
                            promulgatedOn: string | null;
                            /** @description JWS whose payload is the entry in the evidence log; the same for every repeat. */
                            receipt: string;
                            /** @description The first 100. */
                            recipients: components["schemas"]["Recipient"][];
                            sizeBytes: number;
                            statusCode: string | null;
                            /** @description Of a status: its text. */
                            subject: string | null;
                            typeName: string | null;
                            /** @description What a strict reader would refuse. */
                            warnings: {
                                code: string;
                                detail?: string;
                                path: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}/onward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a document got where its recipients passed it on: counts, never who */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            counts: {
                                businessStatus: string | null;
                                recipients: number;
                                state: string;
                            }[];
                            /** @description Of these, who fetched or confirmed it. */
                            reached: number;
                            /** @description Of all who passed it on; never who they are. */
                            recipients: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}/recalls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back what was sent: lấy lại (13) or thu hồi (type 1) */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description take_back: lấy lại (13), sent by mistake; each is asked by a message of its own, at most 100 at once. recall: thu hồi (type 1), by law; one message to all.
                         * @enum {string}
                         */
                        act: "take_back" | "recall";
                        /** @description All that it reached, where left out. */
                        organisations?: string[];
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            sent: {
                                /** @description The envelope. */
                                id: string;
                                organisations: string[];
                                /** @description JWS whose payload is the entry in the evidence log; the same for every repeat. */
                                receipt: string;
                                /** @description Recipients that could not be reached; the others get it. */
                                refused: {
                                    code: string;
                                    reason: string;
                                    title: string;
                                }[];
                                /** @description Whether this is the answer to a sending that was made before. */
                                repeated: boolean;
                            }[];
                            /** @description Organisations that could not be asked, each with why. */
                            unasked: {
                                code: string;
                                reason: string;
                                title: string;
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The receipt as a file, with its proof once it is in the log */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description The file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recipients of one sending, in the order of its list */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before, unchanged. */
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description `after` of the next page; null on the last. */
                            next: string | null;
                            recipients: components["schemas"]["Recipient"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/envelopes/{envelope}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a sending and to each of its copies, each with its receipt */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    envelope: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            events: {
                                /**
                                 * @description ISO 8601, UTC
                                 * @example 2026-11-22T08:00:00.000Z
                                 */
                                at: string;
                                /** @description The recipient’s copy; null for the sending itself. */
                                deliveryId: string | null;
                                kind: string;
                                /** @description JWS whose payload is the entry in the evidence log; the same for every repeat. */
                                receipt: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed, in the order of the evidence log; whoever goes on from the cursor misses nothing */
        get: {
            parameters: {
                query?: {
                    /** @description `cursor` of the answer before, unchanged. Without it: only the cursor of now, to list first and go on from. */
                    after?: string;
                    limit?: number;
                    /** @description Seconds to wait while there is nothing to say (long poll). */
                    wait?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Keep it, and ask with it as `after`. */
                            cursor: string;
                            events: {
                                at: string;
                                deliveryId: string | null;
                                /** Format: uuid */
                                envelopeId: string;
                                /** @description The place of its entry in the evidence log. */
                                index: number;
                                /**
                                 * @description exchange.arrived: a message in the mailbox. exchange.accepted, exchange.status_reported: a message of one’s own. Any other: what became of a copy that one holds or sent.
                                 * @example exchange.arrived
                                 */
                                kind: string;
                                /** @description The code of whom it concerns. */
                                organisation: string | null;
                            }[];
                            hasMore: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/late-duties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is late: who holds it, since when, and by which law */
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    /** @description What one owes oneself, or what the recipients of one’s documents owe. */
                    of?: "own" | "recipients";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            duties: {
                                /** @description ISO 8601, UTC */
                                dueAt: string;
                                envelope: string;
                                holder: string;
                                /** @description Of the envelope (send) or of the delivery (confirm). */
                                id: string;
                                metAt: string | null;
                                /** @description Before the calendar changed. */
                                originalDueAt: string;
                                reason: ("system_down" | "network_down" | "signing_delayed" | "wrong_recipient" | "sent_before_on_paper" | "staff_absent" | "other") | null;
                                /** @enum {string} */
                                rule: "send" | "send_urgent" | "confirm" | "confirm_urgent";
                                sender: string;
                                /** @description ISO 8601, UTC */
                                since: string;
                                source: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/late-duties/{duty}/explanations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say why it was late; only who holds the duty can */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path: {
                    duty: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        reason: "system_down" | "network_down" | "signing_delayed" | "wrong_recipient" | "sent_before_on_paper" | "staff_absent" | "other";
                        text?: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            receipt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find recipients: search, or list in order of code */
        get: {
            parameters: {
                query?: {
                    /** @description `next` of the page before, unchanged. */
                    after?: string;
                    limit?: number;
                    /** @description Directly below this one. */
                    parent?: string;
                    /** @description By code or name; then at most 100. */
                    search?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description `after` of the next page; null on the last. */
                            next: string | null;
                            organisations: {
                                code: string;
                                level: number;
                                name: string;
                                oldCode: string | null;
                                parentCode: string | null;
                                /** @enum {string} */
                                state: "active" | "ended";
                                successorCode: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/organisations/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One organisation, by any code that it has or had */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            code: string;
                            level: number;
                            name: string;
                            oldCode: string | null;
                            parentCode: string | null;
                            /** @enum {string} */
                            state: "active" | "ended";
                            successorCode: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/packages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an edXML package, as a body or from a finished upload */
        post: {
            parameters: {
                query?: {
                    /** @description Must be the organisation of the message. */
                    from?: string;
                    kind?: "document" | "status";
                    /** @description A delivery that is passed on with it. */
                    onwardOf?: string;
                    /** @description A finished upload instead of a body. */
                    upload?: string;
                };
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            /** @description edXML */
            requestBody: {
                content: {
                    "application/octet-stream": string;
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report what is done about a document (01 … 06, 15, 16), or ask for it back (13) */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description A repeat under the same key gets the same answer for 14 days; one UUID for each act. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        code: "13" | "15" | "16" | "01" | "02" | "03" | "04" | "05" | "06";
                        /**
                         * Format: uuid
                         * @description The copy that it is about; else `from` and `document`.
                         */
                        deliveryId?: string;
                        document?: {
                            documentId: string;
                            notation?: string;
                            number?: string;
                            /**
                             * @description Who issued it.
                             * @example G12.18
                             */
                            organisation: string;
                            /**
                             * Format: date
                             * @example 2026-11-22
                             */
                            promulgatedOn?: string;
                        };
                        /**
                         * @description An organisation, in either form of its code.
                         * @example G12.18
                         */
                        from?: string;
                        staff?: {
                            department?: string;
                            email?: string;
                            name?: string;
                            phone?: string;
                        };
                        /**
                         * @description For 02 the reason, which people read.
                         * @default
                         */
                        text?: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Sent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of one’s own organisations */
        get: {
            parameters: {
                query?: {
                    by?: "organisation" | "level" | "kind" | "day" | "paper";
                    /** @description The first day; that of this month where left out. */
                    from?: string;
                    /** @description The last day; today where left out. */
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date */
                            from: string;
                            rows: {
                                copies: number;
                                delay_days: number;
                                documents: number;
                                done: number;
                                group: string;
                                in_time: number;
                                late: number;
                                name: string | null;
                                recalled: number;
                                refused: number;
                                returned: number;
                                /** @enum {string} */
                                side: "sent" | "received";
                                undated: number;
                            }[];
                            /** Format: date */
                            to: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks of this system, and how each of them does */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            webhooks: components["schemas"]["Webhook"][];
                        };
                    };
                };
            };
        };
        put?: never;
        /** Be told of events at an address, from now on; at most five a system */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        description?: string;
                        /**
                         * @description https; plain http only in networks that the operator lists.
                         * @example https://vanthu.example.gov.vn/lien-thong
                         */
                        url: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Null where the address was registered before: make a new secret if it was lost. */
                            secret: string | null;
                            webhook: components["schemas"]["Webhook"];
                        };
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Null where the address was registered before: make a new secret if it was lost. */
                            secret: string | null;
                            webhook: components["schemas"]["Webhook"];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description UUID */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Be told there no more; repeating it changes nothing */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description UUID */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Done */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/webhooks/{webhook}/resumption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call again at once, from where it stopped */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description UUID */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/exchange/webhooks/{webhook}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new secret; the former one signs beside it for a day */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description UUID */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description ISO 8601, UTC */
                            formerSecretUntil: string;
                            /** @description `whsec_` and 32 bytes in base64. Shown in this answer only. */
                            secret: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operation/held-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The oldest copies of an organisation that are set aside, could not be stored, or were given back */
        get: {
            parameters: {
                query: {
                    kind?: "document" | "status";
                    organisation: string;
                    state: "parked" | "failed" | "returned";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            deliveries: {
                                acceptedAt: string;
                                envelopeId: string;
                                from: string;
                                id: string;
                                /** @enum {string} */
                                kind: "document" | "status";
                                state: string;
                                stateSince: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operation/redeliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put a copy back into the list of its organisation; repeating it is harmless */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: uuid */
                        delivery: string;
                        organisation: string;
                    };
                };
            };
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Null where it was in the list already. */
                            receipt: string | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operation/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks of all systems that fail or have stopped, longest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            webhooks: {
                                /** @description ISO 8601, UTC */
                                createdAt: string;
                                /** @description It was told everything up to here. */
                                cursor: string;
                                description: string | null;
                                failing: {
                                    failures: number;
                                    /** @description `status 500`, or `no_connection`, `too_slow`, `redirected`, `certificate_untrusted` … */
                                    lastFailure: string;
                                    nextAttemptAt: string | null;
                                    /** @description ISO 8601, UTC */
                                    since: string;
                                } | null;
                                formerSecretUntil: string | null;
                                /** @description The rest of the address may hold a secret of its system. */
                                host: string;
                                id: string;
                                lastSuccessAt: string | null;
                                /** @enum {string} */
                                state: "active" | "stopped";
                                /** @description ISO 8601, UTC */
                                stateSince: string;
                                /** @description gone: it answered 410. failing: for five days. */
                                stopReason: ("gone" | "failing") | null;
                                systemId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/operation/webhooks/{webhook}/resumption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call it again at once, from where it stopped; repeating it is harmless */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description UUID */
                    webhook: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Refused */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Failed */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            state: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** An access token for ten minutes (RFC 6749 §4.4) */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/x-www-form-urlencoded": {
                        /** @description A JWT: iss = sub = client_id, aud = the issuer, exp at most 5 minutes ahead, jti. */
                        client_assertion?: string;
                        /** @description `urn:ietf:params:oauth:client-assertion-type:jwt-bearer` */
                        client_assertion_type?: string;
                        client_id?: string;
                        client_secret?: string;
                        /**
                         * @description `client_credentials`
                         * @example client_credentials
                         */
                        grant_type: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenRefusal"];
                    };
                };
                /** @description Default Response */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenRefusal"];
                    };
                };
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            access_token: string;
                            /** @description Seconds */
                            expires_in: number;
                            /** @enum {string} */
                            token_type: "Bearer";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        CalendarDay: {
            /** Format: date */
            day: string;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            declaredAt: string;
            declaredBy: string;
            /** @description The version of the calendar that it came with. */
            declaredIn: number;
            isProvisional: boolean;
            /** @enum {string} */
            kind: "rest" | "work";
            name: string;
            source: string;
        };
        CalendarDayInput: {
            /** Format: date */
            day: string;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            declaredAt: string;
            declaredBy: string;
            /** @description The version of the calendar that it came with. */
            declaredIn: number;
            isProvisional: boolean;
            /** @enum {string} */
            kind: "rest" | "work";
            name: string;
            source: string;
        };
        CredentialPeriod: {
            credentialId: string;
            endedAt: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            issuedAt: string;
            keyId: string | null;
            /**
             * @description The way in that it opens; it proves nothing in another.
             * @enum {string}
             */
            kind: "vxp" | "lgsp" | "api_secret" | "api_key";
            /** @enum {string} */
            state: "valid" | "ended";
        };
        CredentialPeriodInput: {
            credentialId: string;
            endedAt: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            issuedAt: string;
            keyId: string | null;
            /**
             * @description The way in that it opens; it proves nothing in another.
             * @enum {string}
             */
            kind: "vxp" | "lgsp" | "api_secret" | "api_key";
            /** @enum {string} */
            state: "valid" | "ended";
        };
        Delivery: {
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            acceptedAt: string;
            /** @description SHA-256 of the package, hex. */
            digest: string;
            documentId: string;
            doneAt: string | null;
            /** @description UUID */
            envelopeId: string;
            fetchedAt: string | null;
            from: string;
            /** @description UUID */
            id: string;
            /** @enum {string} */
            kind: "document" | "status";
            notation: string | null;
            number: string | null;
            priority: number;
            /** @description As written in the message. */
            promulgatedOn: string | null;
            sizeBytes: number;
            /** @enum {string} */
            state: "waiting" | "sending" | "fetched" | "done" | "failed" | "parked" | "returned" | "recalled";
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            stateSince: string;
            status: {
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                code: string;
                name: string;
            } | null;
            statusCode: string | null;
            /** @description Of a status: its text. */
            subject: string | null;
            /** @description docs/protocols/taking-back.md */
            takingBack: {
                /** @enum {string} */
                act: "take_back" | "recall" | "update" | "replace";
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                /** @description The message that takes it back; null for its holder. */
                by: string | null;
                /**
                 * @description unseen: withdrawn before it was fetched. asked: its holder has not answered. agreed (15), declined (16).
                 * @enum {string}
                 */
                outcome: "unseen" | "asked" | "agreed" | "declined";
            } | null;
            to: string;
            typeName: string | null;
        };
        DeliveryInput: {
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            acceptedAt: string;
            /** @description SHA-256 of the package, hex. */
            digest: string;
            documentId: string;
            doneAt: string | null;
            /** @description UUID */
            envelopeId: string;
            fetchedAt: string | null;
            from: string;
            /** @description UUID */
            id: string;
            /** @enum {string} */
            kind: "document" | "status";
            notation: string | null;
            number: string | null;
            priority: number;
            /** @description As written in the message. */
            promulgatedOn: string | null;
            sizeBytes: number;
            /** @enum {string} */
            state: "waiting" | "sending" | "fetched" | "done" | "failed" | "parked" | "returned" | "recalled";
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            stateSince: string;
            status: {
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                code: string;
                name: string;
            } | null;
            statusCode: string | null;
            /** @description Of a status: its text. */
            subject: string | null;
            /** @description docs/protocols/taking-back.md */
            takingBack: {
                /** @enum {string} */
                act: "take_back" | "recall" | "update" | "replace";
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                /** @description The message that takes it back; null for its holder. */
                by: string | null;
                /**
                 * @description unseen: withdrawn before it was fetched. asked: its holder has not answered. agreed (15), declined (16).
                 * @enum {string}
                 */
                outcome: "unseen" | "asked" | "agreed" | "declined";
            } | null;
            to: string;
            typeName: string | null;
        };
        Envelope: {
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            acceptedAt: string;
            /** @description SHA-256 of the package, hex. */
            digest: string;
            documentId: string;
            from: string;
            /** @description UUID */
            id: string;
            /** @enum {string} */
            kind: "document" | "status";
            notation: string | null;
            number: string | null;
            priority: number;
            /** @description As written in the message. */
            promulgatedOn: string | null;
            sizeBytes: number;
            statusCode: string | null;
            /** @description Of a status: its text. */
            subject: string | null;
            typeName: string | null;
            /** @description What a strict reader would refuse. */
            warnings: {
                code: string;
                detail?: string;
                path: string;
            }[];
        };
        EnvelopeInput: {
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            acceptedAt: string;
            /** @description SHA-256 of the package, hex. */
            digest: string;
            documentId: string;
            from: string;
            /** @description UUID */
            id: string;
            /** @enum {string} */
            kind: "document" | "status";
            notation: string | null;
            number: string | null;
            priority: number;
            /** @description As written in the message. */
            promulgatedOn: string | null;
            sizeBytes: number;
            statusCode: string | null;
            /** @description Of a status: its text. */
            subject: string | null;
            typeName: string | null;
            /** @description What a strict reader would refuse. */
            warnings: {
                code: string;
                detail?: string;
                path: string;
            }[];
        };
        Message: {
            annexes: string[];
            /** @description Of a status: the one document that it is about. */
            answers: {
                /** @description number/notation */
                code: string;
                documentId: string;
                organisation: string;
                promulgatedOn: string | null;
            }[];
            attachments: {
                description: string;
                /** @description SHA-256 of the file, hex. */
                digest: string;
                name: string;
                number: number;
                sizeBytes: number;
                /** @description By its first bytes, not by what the sender calls it. */
                type: string;
            }[];
            businessReason: string;
            /** @description 0 new, 1 recall, 2 update, 3 replacement; null for a status. */
            businessType: number | null;
            documentId: string | null;
            dueOn: string | null;
            from: {
                code: string;
                name: string;
            };
            /** @enum {string} */
            kind: "document" | "status";
            notation: string;
            number: string;
            place: string;
            priority: number;
            promulgatedOn: string | null;
            recipientLines: string[];
            signer: {
                authority: string;
                name: string;
                position: string;
            };
            statusAt: string | null;
            statusCode: string | null;
            statusText: string;
            subject: string;
            summary: string;
            to: {
                code: string;
                name: string;
            }[];
            typeName: string;
        };
        MessageInput: {
            annexes: string[];
            /** @description Of a status: the one document that it is about. */
            answers: {
                /** @description number/notation */
                code: string;
                documentId: string;
                organisation: string;
                promulgatedOn: string | null;
            }[];
            attachments: {
                description: string;
                /** @description SHA-256 of the file, hex. */
                digest: string;
                name: string;
                number: number;
                sizeBytes: number;
                /** @description By its first bytes, not by what the sender calls it. */
                type: string;
            }[];
            businessReason: string;
            /** @description 0 new, 1 recall, 2 update, 3 replacement; null for a status. */
            businessType: number | null;
            documentId: string | null;
            dueOn: string | null;
            from: {
                code: string;
                name: string;
            };
            /** @enum {string} */
            kind: "document" | "status";
            notation: string;
            number: string;
            place: string;
            priority: number;
            promulgatedOn: string | null;
            recipientLines: string[];
            signer: {
                authority: string;
                name: string;
                position: string;
            };
            statusAt: string | null;
            statusCode: string | null;
            statusText: string;
            subject: string;
            summary: string;
            to: {
                code: string;
                name: string;
            }[];
            typeName: string;
        };
        Organisation: {
            address: string | null;
            code: string;
            email: string | null;
            fax: string | null;
            id: string;
            /** @enum {string} */
            kind: "ordinary" | "axis";
            level: number;
            name: string;
            oldCode: string | null;
            parentCode: string | null;
            phone: string | null;
            /** @enum {string} */
            state: "active" | "ended";
            stateReason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            stateSince: string;
            successorCode: string | null;
        };
        OrganisationInput: {
            address: string | null;
            code: string;
            email: string | null;
            fax: string | null;
            id: string;
            /** @enum {string} */
            kind: "ordinary" | "axis";
            level: number;
            name: string;
            oldCode: string | null;
            parentCode: string | null;
            phone: string | null;
            /** @enum {string} */
            state: "active" | "ended";
            stateReason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            stateSince: string;
            successorCode: string | null;
        };
        /** @description RFC 9457 */
        Problem: {
            /** @description The stable code; see docs/protocols/refusals.md. */
            code: string;
            /** @description The id of the request, as in its Request-Id header and in the log. */
            instance: string;
            parameters: {
                [key: string]: string | number | boolean | string[];
            };
            status: number;
            /** @description A sentence for people, in the language of Accept-Language (vi, en). */
            title: string;
            type: string;
        };
        /** @description RFC 9457 */
        ProblemInput: {
            /** @description The stable code; see docs/protocols/refusals.md. */
            code: string;
            /** @description The id of the request, as in its Request-Id header and in the log. */
            instance: string;
            parameters: {
                [key: string]: string | number | boolean | string[];
            };
            status: number;
            /** @description A sentence for people, in the language of Accept-Language (vi, en). */
            title: string;
            type: string;
        };
        Recipient: {
            deliveryId: string | null;
            doneAt: string | null;
            fetchedAt: string | null;
            name: string;
            organisation: string;
            /** @description The recipient does not collect it: when the sender was last told so. */
            overdueAt: string | null;
            refusal: {
                code: string;
                title: string;
            } | null;
            /** @enum {string} */
            state: "waiting" | "sending" | "fetched" | "done" | "failed" | "parked" | "returned" | "recalled" | "refused";
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            stateSince: string;
            /** @description What the recipient says it does about the document. */
            status: {
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                code: string;
                name: string;
                text: string | null;
            } | null;
            /** @description docs/protocols/taking-back.md */
            takingBack: {
                /** @enum {string} */
                act: "take_back" | "recall" | "update" | "replace";
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                /** @description The message that takes it back; null for its holder. */
                by: string | null;
                /**
                 * @description unseen: withdrawn before it was fetched. asked: its holder has not answered. agreed (15), declined (16).
                 * @enum {string}
                 */
                outcome: "unseen" | "asked" | "agreed" | "declined";
            } | null;
        };
        RecipientInput: {
            deliveryId: string | null;
            doneAt: string | null;
            fetchedAt: string | null;
            name: string;
            organisation: string;
            /** @description The recipient does not collect it: when the sender was last told so. */
            overdueAt: string | null;
            refusal: {
                code: string;
                title: string;
            } | null;
            /** @enum {string} */
            state: "waiting" | "sending" | "fetched" | "done" | "failed" | "parked" | "returned" | "recalled" | "refused";
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-22T08:00:00.000Z
             */
            stateSince: string;
            /** @description What the recipient says it does about the document. */
            status: {
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                code: string;
                name: string;
                text: string | null;
            } | null;
            /** @description docs/protocols/taking-back.md */
            takingBack: {
                /** @enum {string} */
                act: "take_back" | "recall" | "update" | "replace";
                /**
                 * @description ISO 8601, UTC
                 * @example 2026-11-22T08:00:00.000Z
                 */
                at: string;
                /** @description The message that takes it back; null for its holder. */
                by: string | null;
                /**
                 * @description unseen: withdrawn before it was fetched. asked: its holder has not answered. agreed (15), declined (16).
                 * @enum {string}
                 */
                outcome: "unseen" | "asked" | "agreed" | "declined";
            } | null;
        };
        RegistrationRequest: {
            /** @enum {string} */
            act: "register" | "end";
            code: string;
            decidedAt: string | null;
            decidedBy: string | null;
            id: string;
            name: string | null;
            parentCode: string | null;
            reason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            requestedAt: string;
            /** @enum {string} */
            state: "pending" | "approved" | "refused";
            system: string;
        };
        RegistrationRequestInput: {
            /** @enum {string} */
            act: "register" | "end";
            code: string;
            decidedAt: string | null;
            decidedBy: string | null;
            id: string;
            name: string | null;
            parentCode: string | null;
            reason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            requestedAt: string;
            /** @enum {string} */
            state: "pending" | "approved" | "refused";
            system: string;
        };
        Sent: {
            /** @description The envelope. */
            id: string;
            /** @description JWS whose payload is the entry in the evidence log; the same for every repeat. */
            receipt: string;
            /** @description Recipients that could not be reached; the others get it. */
            refused: {
                code: string;
                reason: string;
                title: string;
            }[];
            /** @description Whether this is the answer to a sending that was made before. */
            repeated: boolean;
        };
        SentInput: {
            /** @description The envelope. */
            id: string;
            /** @description JWS whose payload is the entry in the evidence log; the same for every repeat. */
            receipt: string;
            /** @description Recipients that could not be reached; the others get it. */
            refused: {
                code: string;
                reason: string;
                title: string;
            }[];
            /** @description Whether this is the answer to a sending that was made before. */
            repeated: boolean;
        };
        System: {
            externalId: string;
            id: string;
            name: string;
            needsApproval: boolean;
            normalisesOutgoing: boolean;
            parentCode: string | null;
            /** @enum {string} */
            state: "active" | "suspended";
            stateReason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            stateSince: string;
        };
        SystemInput: {
            externalId: string;
            id: string;
            name: string;
            needsApproval: boolean;
            normalisesOutgoing: boolean;
            parentCode: string | null;
            /** @enum {string} */
            state: "active" | "suspended";
            stateReason: string | null;
            /**
             * @description ISO 8601, UTC
             * @example 2026-11-21T08:00:00.000Z
             */
            stateSince: string;
        };
        TokenRefusal: {
            /** @description The stable code; see docs/protocols/refusals.md. */
            code: string;
            /** @description As RFC 6749 §5.2 names it. */
            error: string;
            error_description: string;
        };
        TokenRefusalInput: {
            /** @description The stable code; see docs/protocols/refusals.md. */
            code: string;
            /** @description As RFC 6749 §5.2 names it. */
            error: string;
            error_description: string;
        };
        Webhook: {
            /** @description ISO 8601, UTC */
            createdAt: string;
            /** @description It was told everything up to here. */
            cursor: string;
            description: string | null;
            failing: {
                failures: number;
                /** @description `status 500`, or `no_connection`, `too_slow`, `redirected`, `certificate_untrusted` … */
                lastFailure: string;
                nextAttemptAt: string | null;
                /** @description ISO 8601, UTC */
                since: string;
            } | null;
            formerSecretUntil: string | null;
            id: string;
            lastSuccessAt: string | null;
            /** @enum {string} */
            state: "active" | "stopped";
            /** @description ISO 8601, UTC */
            stateSince: string;
            /** @description gone: it answered 410. failing: for five days. */
            stopReason: ("gone" | "failing") | null;
            url: string;
        };
        WebhookInput: {
            /** @description ISO 8601, UTC */
            createdAt: string;
            /** @description It was told everything up to here. */
            cursor: string;
            description: string | null;
            failing: {
                failures: number;
                /** @description `status 500`, or `no_connection`, `too_slow`, `redirected`, `certificate_untrusted` … */
                lastFailure: string;
                nextAttemptAt: string | null;
                /** @description ISO 8601, UTC */
                since: string;
            } | null;
            formerSecretUntil: string | null;
            id: string;
            lastSuccessAt: string | null;
            /** @enum {string} */
            state: "active" | "stopped";
            /** @description ISO 8601, UTC */
            stateSince: string;
            /** @description gone: it answered 410. failing: for five days. */
            stopReason: ("gone" | "failing") | null;
            url: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
